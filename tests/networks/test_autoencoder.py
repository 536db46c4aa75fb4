import numpy as np
import torch

from osa_cam.generation.decoder import Decoder as HostDecoder
from osa_cam.networks.autoencoder import Decoder, Encoder, ReferenceNet
from osa_cam.networks.blocks import warp
from osa_cam.networks.sizes import LATENT_SCALE, LITE
from osa_cam.training.autoencoder import warp_reference


@torch.no_grad()
def test_shapes_are_those_of_the_graphs() -> None:
    picture = torch.rand(1, 4, 512, 512)
    decoder_features, denoiser_features, parts = ReferenceNet().eval()(picture)
    assert decoder_features.shape == (1, 16, 64, 64)
    assert denoiser_features.shape == (1, 64, 32, 32)
    assert parts.shape == (1, 8, 64, 64)
    assert Encoder().eval()(picture, picture).shape == (1, 11, 64, 64)


@torch.no_grad()
def test_an_untrained_decoder_shows_the_warped_reference() -> None:
    decoder = Decoder(LITE.autoencoder).eval()
    warped = torch.rand(1, 4, 256, 256)
    output, gate = decoder(torch.randn(1, 11, 32, 32), warped, torch.randn(1, 16, 32, 32))
    assert torch.allclose(output, warped * torch.sigmoid(torch.tensor(3.0)), atol=1e-5)
    assert gate.shape == (1, 1, 256, 256)


def test_flow_points_to_the_source() -> None:
    x = torch.zeros(1, 1, 8, 8)
    x[0, 0, 3, 5] = 1
    flow = torch.zeros(1, 2, 8, 8)
    flow[:, 0] = 2 / 8  # what is seen here was two pixels to the right
    assert warp(x, flow)[0, 0, 3, 3] == 1


def test_training_warps_as_the_host_does() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (512, 512, 4), np.uint8)
    features = rng.standard_normal((64, 64, 16)).astype(np.float32)
    z = np.zeros((11, 64, 64), np.float32)
    # Smooth, as real flow is: cv2 rounds positions to a 32nd of a pixel.
    z[:2] = 0.5 * np.sin(np.linspace(0, 3, 64, dtype=np.float32))
    seen: list[np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = []

    def decode(z: object, warped: object, warped_features: object) -> object:
        seen.extend([warped[0], warped_features[0]])  # type: ignore[index]
        return warped

    scale = np.array(LATENT_SCALE, np.float32)[:, None, None]
    HostDecoder(decode, picture, features, scale).picture(z)  # type: ignore[arg-type]
    tensor = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
    warped, warped_features = warp_reference(torch.from_numpy(z)[None], tensor, torch.from_numpy(features).permute(2, 0, 1)[None])
    assert np.abs(seen[0].astype(np.float32) - warped[0].permute(1, 2, 0).numpy()).mean() < 2
    assert np.abs(seen[1] - warped_features[0].permute(1, 2, 0).numpy()).max() < 0.15
