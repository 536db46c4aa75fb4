from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from osa_cam.audio.mel import silence_mel
from osa_cam.media import LOOKAHEAD_SAMPLES, MEL_BINS, STRIDE, TOKENS_PER_FRAME
from osa_cam.networks.audio import LOOKAHEAD_MEL, LOOKBACK_MEL, MEL_PER_TOKEN, TOKEN_DIM, AudioEncoder, AudioHeads, encode_recording
from osa_cam.synth.visemes import MOUTH

WINDOW = 128


@pytest.fixture(scope="module")
def encoder() -> AudioEncoder:
    torch.manual_seed(0)
    encoder = AudioEncoder().eval()
    # At its start a block does next to nothing; here each must matter.
    for block in encoder.blocks:
        block.scale.data.fill_(1.0)
    return encoder


def noise(frames: int) -> torch.Tensor:
    return torch.randn(frames, MEL_BINS, generator=torch.Generator().manual_seed(1))


def test_live_windows_equal_the_whole_recording(encoder: AudioEncoder) -> None:
    mel = noise(400)
    whole = encode_recording(encoder, mel)
    assert whole.shape == (200, TOKEN_DIM)
    history = torch.cat([torch.from_numpy(silence_mel(WINDOW)), mel])
    new = STRIDE * TOKENS_PER_FRAME
    for first in range(0, 200 - LOOKAHEAD_MEL, new):
        end = WINDOW + (first + new) * MEL_PER_TOKEN + LOOKAHEAD_MEL
        if end > len(history):
            break
        with torch.no_grad():
            tokens = encoder(history[None, end - WINDOW : end])[0, 52:60]
        torch.testing.assert_close(tokens, whole[first : first + new], atol=1e-5, rtol=0)


def test_a_token_hears_exactly_its_past_and_80_ms_ahead(encoder: AudioEncoder) -> None:
    mel = noise(300).requires_grad_()
    encoder(mel[None])[0, 70, 0].backward()
    assert mel.grad is not None
    heard = mel.grad.abs().sum(1).nonzero()[:, 0]
    assert heard.min() == 140 - LOOKBACK_MEL and heard.max() == 141 + LOOKAHEAD_MEL
    assert LOOKAHEAD_MEL * 160 == LOOKAHEAD_SAMPLES and LOOKBACK_MEL <= 100


def test_tokens_are_normalised_and_small_enough(encoder: AudioEncoder) -> None:
    tokens = encoder(noise(WINDOW)[None])
    torch.testing.assert_close(tokens.mean(-1), torch.zeros(1, 64), atol=1e-5, rtol=0)
    torch.testing.assert_close(tokens.std(-1, correction=0), torch.ones(1, 64), atol=1e-2, rtol=0)
    assert sum(p.numel() for p in encoder.parameters()) <= 1_000_000


def test_the_heads_read_every_token(encoder: AudioEncoder) -> None:
    readings = AudioHeads()(encoder(noise(WINDOW)[None]))
    assert readings.mouth.shape == (1, 64, len(MOUTH))
    assert all(r.shape[:2] == (1, 64) for r in readings)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_the_graph_for_live_use_equals_torch(encoder: AudioEncoder, tmp_path: Path) -> None:
    mel = noise(WINDOW)[None]
    path = tmp_path / "audio.onnx"
    names = {"input_names": ["mel"], "output_names": ["tokens"]}
    torch.onnx.export(encoder, (mel,), str(path), dynamo=True, opset_version=18, external_data=False, verbose=False, **names)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == [1, WINDOW, MEL_BINS] and session.get_outputs()[0].shape == [1, 64, TOKEN_DIM]
    (tokens,) = session.run(None, {"mel": mel.numpy()})
    with torch.no_grad():
        np.testing.assert_allclose(tokens, encoder(mel).numpy(), atol=1e-4)
