import cv2
import numpy as np

from osa_cam.generation.decoder import Decoder, within
from osa_cam.media import LATENT_CHANNELS

REFERENCE = np.random.default_rng(0).integers(0, 255, (512, 512, 4), np.uint8)
REFERENCE[..., 3] = 255
FEATURES = np.random.default_rng(1).standard_normal((64, 64, 16)).astype(np.float32)


def decoder(seen: list[np.ndarray] | None = None) -> Decoder:
    def decode(z: np.ndarray, warped: np.ndarray, features: np.ndarray) -> np.ndarray:
        if seen is not None:
            seen.append(features)
        return warped

    return Decoder(decode, REFERENCE, FEATURES, np.full((len(LATENT_CHANNELS), 1, 1), 0.5, np.float32))


def test_no_flow_is_the_reference() -> None:
    seen: list[np.ndarray] = []
    assert np.array_equal(decoder(seen).picture(np.zeros((11, 64, 64), np.float32)), REFERENCE)
    assert np.array_equal(seen[0][0], FEATURES)


def test_flow_says_where_a_pixel_was() -> None:
    """source = pixel + 512 * flow: 1/64 to the right, times latent_scale."""
    z = np.zeros((11, 64, 64), np.float32)
    z[0] = 2 / 64
    seen: list[np.ndarray] = []
    picture = decoder(seen).picture(z)
    assert np.array_equal(picture[:, :504], REFERENCE[:, 8:])
    assert np.array_equal(picture[:, 504:], np.repeat(REFERENCE[:, 511:], 8, axis=1)), "beyond the picture its edge goes on"
    assert np.allclose(seen[0][0][:, :63], FEATURES[:, 1:], atol=1e-5)
    assert np.allclose(seen[0][0][:, 63], FEATURES[:, 63]), "beyond the features the border goes on"


def test_flow_is_resized_with_half_pixel_centres() -> None:
    z = np.zeros((11, 64, 64), np.float32)
    z[1] = np.linspace(0, 0.02, 64, dtype=np.float32)[:, None]
    flow = cv2.resize(z[1] * 0.5, (512, 512), interpolation=cv2.INTER_LINEAR)
    row = 300
    source = row + 512 * float(flow[row, 0])
    low, share = int(source), source - int(source)
    wanted = REFERENCE[low].astype(float) * (1 - share) + REFERENCE[low + 1].astype(float) * share
    assert np.abs(decoder().picture(z)[row].astype(float) - wanted).max() < 6  # cv2.remap interpolates in 1/32 pixel


def test_nothing_is_painted_beyond_the_outline_of_a_cut_out_portrait() -> None:
    disc = (np.hypot(*(np.mgrid[:512, :512] - 255.5)) < 100).astype(np.uint8) * 255
    painted = np.full((512, 512, 4), 200, np.uint8)
    inside = within(painted, disc)
    assert (inside[disc > 0] == 200).all()
    far = cv2.dilate(disc, np.ones((9, 9), np.uint8)) == 0
    assert not inside[far].any()
    # Premultiplied: colour and coverage fall alike where the outline is soft.
    assert (inside[..., 0] == inside[..., 3]).all()
    thin = np.where(disc[..., None] > 0, np.uint8(90), np.uint8(0)).repeat(4, -1)
    assert np.array_equal(within(thin, disc), thin), "what is fainter than the outline stays so"
