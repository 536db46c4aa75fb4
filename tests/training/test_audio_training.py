from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from osa_cam.errors import TrainingError
from osa_cam.networks.audio import PHONES, AudioEncoder, AudioHeads
from osa_cam.synth.speech import SpeechLibrary, Utterance, sentence_split
from osa_cam.synth.visemes import MOUTH, VISEMES
from osa_cam.training import checkpoint
from osa_cam.training.audio import AudioConfig, load_audio, losses, train_audio, validate
from osa_cam.training.audio_clips import SAMPLES_PER_TOKEN, UNLABELLED, Clips, label


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training and a validation voice that hum "mama": silence, then an m and an a that sound unlike each other, twice."""
    folder = tmp_path_factory.mktemp("speech")
    texts = {split: next(t for t in (f"text {i}" for i in range(99)) if sentence_split(t) == split) for split in ("train", "validation")}
    index = ["voice\tutterance\tstart_s\tend_s\tlanguage\tspeed\ttext"]
    t = np.arange(24_000 * 2) / 24_000
    phones = [(0.3, 0.4, "m"), (0.4, 0.7, "a"), (0.7, 0.8, "m"), (0.8, 1.2, "a"), (1.2, 1.8, ".")]
    sound = np.zeros_like(t)
    for start, end, phone in phones[:-1]:
        inside = (t >= start) & (t < end)
        sound[inside] = (0.05 * np.sin(2 * np.pi * 150 * t) if phone == "m" else 0.3 * np.sin(2 * np.pi * 900 * t))[inside]
    for voice, split in (("af_alloy", "train"), ("af_kore", "validation")):
        soundfile.write(folder / f"{voice}.opus", sound, 24_000, format="OGG", subtype="OPUS")
        (folder / f"{voice}.tsv").write_text("start_s\tend_s\tphone\n" + "".join(f"{a}\t{b}\t{p}\n" for a, b, p in phones))
        index.append(f"{voice}\t000\t0.000\t1.900\ten-us\t1.0\t{texts[split]}")
    (folder / "index.tsv").write_text("\n".join(index) + "\n")
    return folder


def test_labels_follow_the_phones() -> None:
    samples = np.zeros(16_000, np.float32)
    samples[4800:9600] = 0.1
    labels = label(Utterance(samples, ((0.3, 0.4, "m"), (0.4, 0.6, "I"), (0.6, 0.9, ".")), "v", "en", ""))
    assert [VISEMES[v] for v in labels.viseme[[5, 17, 21, 29]]] == ["sil", "PP", "aa", "ih"]
    assert [PHONES[p] for p in labels.phone[[5, 17, 21, 40]]] == ["sil", "m", "I", "sil"]
    assert labels.mouth[17, 0] == 0 and labels.mouth[23, 0] > 0.2 and labels.mouth[48].max() < 0.01


def test_a_clip_keeps_sound_and_labels_together(folder: Path) -> None:
    clips = Clips(SpeechLibrary(folder), "train")
    agreement = []
    for seed in range(30):
        samples, labels = clips.draw(np.random.default_rng(seed), 200)
        assert samples.shape == (200 * SAMPLES_PER_TOKEN,) and labels.mouth.shape == (200, len(MOUTH)) and len(labels.phone) == 200
        level = np.log10((samples.reshape(200, -1) ** 2).mean(1) + 1e-9)
        if 0 < (labels.phone == PHONES.index("a")).mean() < 1:
            agreement.append(np.corrcoef(level, labels.phone == PHONES.index("a"))[0, 1])
    assert np.mean(agreement) > 0.5


def test_batches_repeat_with_their_seed(folder: Path) -> None:
    library = SpeechLibrary(folder)
    first, again = (Clips(library, "train").batch(np.random.default_rng(1), 2, 150) for _ in range(2))
    assert first.mel.shape == (2, 300, 80)
    torch.testing.assert_close(first.mel, again.mel)
    assert all(torch.isfinite(v) for v in losses(AudioHeads()(AudioEncoder()(first.mel)), first).values())


def test_unlabelled_sound_is_left_out(folder: Path) -> None:
    clips = Clips(SpeechLibrary(folder), "train")
    batch = clips.batch(np.random.default_rng(1), 2, 150)
    batch.viseme.fill_(UNLABELLED)
    batch.viseme[:, 100] = 0
    assert torch.isfinite(losses(AudioHeads()(AudioEncoder()(batch.mel)), batch)["viseme"])


@pytest.mark.slow
def test_training_learns_resumes_and_loads(folder: Path, tmp_path: Path) -> None:
    path = train_audio(AudioConfig(folder, tmp_path, steps=100, batch=4, seconds=3))
    figures = validate(*load_audio(path), SpeechLibrary(folder))
    assert figures["r"] > 0.6
    train_audio(AudioConfig(folder, tmp_path, steps=102, batch=4, seconds=3))
    assert checkpoint.load(path, {"audio": AudioEncoder()})["step"] == 102


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="train that stage"):
        load_audio(tmp_path / "checkpoint.safetensors")
