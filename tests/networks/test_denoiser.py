import pytest
import torch

from osa_cam.media import MEMORY, STRIDE, STRIDES
from osa_cam.networks.denoiser import Denoiser, TemporalAttention
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
    given += [torch.randn_like(past) for past in denoiser.no_past(BATCH)]
    output = denoiser(*given)[0]
    assert output.shape == given[0].shape
    for i in range(len(given)):
        changed = [x + 1 if i == j else x for j, x in enumerate(given)]
        assert not torch.allclose(denoiser(*changed)[0], output, atol=1e-4), f"input {i} is ignored"


@torch.no_grad()
def test_clips_of_a_batch_do_not_mix_and_no_frame_sees_a_later_one() -> None:
    denoiser = shaken(Denoiser(LITE.denoiser))
    given = inputs()
    output = denoiser(*given)[0]
    given[0] = given[0].clone()
    given[0][1] += 1
    changed = denoiser(*given)[0]
    assert torch.allclose(changed[STRIDE:], output[STRIDE:], atol=1e-4)
    assert torch.allclose(changed[0], output[0], atol=1e-4)
    assert not torch.allclose(changed[STRIDE - 1], output[STRIDE - 1], atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("frames", STRIDES)
def test_frames_come_out_the_same_however_long_the_stride(frames: int) -> None:
    """What a stride leaves stands for all that came before: streaming equals one long run."""
    denoiser = shaken(Denoiser(LITE.denoiser))
    z_t, timestep, audio, features, expression, liveliness, drive = inputs()  # of one clip of BATCH * STRIDE frames
    timestep, features, expression, liveliness = timestep[:1], features[:1], expression[:1], liveliness[:1]
    whole, *left = denoiser(z_t, timestep, audio, features, expression, liveliness, drive)
    parts, past = [], ()
    for part in range(0, len(z_t), frames):
        now = slice(part, part + frames)
        z_0, *past = denoiser(z_t[now], timestep, audio[now], features, expression, liveliness, drive[now], *past)
        parts.append(z_0)
    assert torch.allclose(torch.cat(parts), whole, atol=1e-4)
    for one, other in zip(past, left, strict=True):
        assert torch.allclose(one, other, atol=1e-4)


@torch.no_grad()
def test_attention_over_time_reaches_as_far_as_the_memory() -> None:
    attention = shaken(TemporalAttention(16, 2))
    x = torch.randn(2 * MEMORY, 16, 2, 2, generator=torch.Generator().manual_seed(0))
    past = torch.zeros(1, MEMORY, 32, 2, 2)
    output = attention(x, past)[0]
    x[0] = -x[0]  # a norm would take a mere shift out again
    changed = (attention(x, past)[0] - output).abs().amax((1, 2, 3)) > 1e-5
    assert changed.tolist() == [True] * (MEMORY + 1) + [False] * (MEMORY - 1)


def test_the_discriminator_judges_frames_strides_and_sound() -> None:
    denoiser, judge = shaken(Denoiser(LITE.denoiser)), AvatarDiscriminator(LITE.denoiser)
    given = inputs()
    verdict = judge(denoiser.features_of(*given), given[2])
    assert verdict.picture.shape == verdict.sync.shape == (BATCH * STRIDE,)
    assert verdict.motion.shape == (BATCH,)
    other = judge(denoiser.features_of(*given), given[2].flip(0))
    assert not torch.allclose(verdict.sync, other.sync)
