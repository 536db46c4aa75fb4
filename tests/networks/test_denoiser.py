import torch

from osa_cam.media import STRIDE
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.discriminator import AvatarDiscriminator
from osa_cam.networks.sizes import LITE

BATCH = 2


def inputs() -> list[torch.Tensor]:
    n = BATCH * STRIDE
    shapes = [(n, 11, 64, 64), (BATCH,), (n, 8, 128), (BATCH, 64, 32, 32), (BATCH, 5), (BATCH, 1), (n, 13)]
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator) for shape in shapes]


def shaken(network: torch.nn.Module) -> torch.nn.Module:
    """Layers that start at zero hide what they are joined to."""
    torch.manual_seed(0)
    for parameter in network.parameters():
        if not parameter.detach().any():
            torch.nn.init.normal_(parameter, std=0.05)
    return network.eval()


@torch.no_grad()
def test_every_condition_reaches_the_output() -> None:
    denoiser = shaken(Denoiser(LITE.denoiser))
    given = inputs()
    output = denoiser(*given)
    assert output.shape == given[0].shape
    for i in range(len(given)):
        changed = [x + 1 if i == j else x for j, x in enumerate(given)]
        assert not torch.allclose(denoiser(*changed), output, atol=1e-4), f"input {i} is ignored"


@torch.no_grad()
def test_strides_of_a_batch_do_not_mix_but_frames_do() -> None:
    denoiser = shaken(Denoiser(LITE.denoiser))
    given = inputs()
    output = denoiser(*given)
    given[0] = given[0].clone()
    given[0][0] += 1
    changed = denoiser(*given)
    assert torch.allclose(changed[STRIDE:], output[STRIDE:], atol=1e-4)
    assert not torch.allclose(changed[STRIDE - 1], output[STRIDE - 1], atol=1e-4)


def test_the_discriminator_judges_frames_strides_and_sound() -> None:
    denoiser, judge = shaken(Denoiser(LITE.denoiser)), AvatarDiscriminator(LITE.denoiser)
    given = inputs()
    verdict = judge(denoiser.features_of(*given), given[2])
    assert verdict.picture.shape == verdict.sync.shape == (BATCH * STRIDE,)
    assert verdict.motion.shape == (BATCH,)
    other = judge(denoiser.features_of(*given), given[2].flip(0))
    assert not torch.allclose(verdict.sync, other.sync)
