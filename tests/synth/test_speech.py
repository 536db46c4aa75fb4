from pathlib import Path

import numpy as np
import pytest

from osa_cam.errors import TrainingError
from osa_cam.media import SAMPLE_RATE
from osa_cam.synth.speech import SpeechLibrary, Utterance, cut, join, sentence_split, voice_split
from tests.speech import write_speech


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four voices who say 40 sentences of half a second, each a tone between silences."""
    return write_speech(tmp_path_factory.mktemp("speech"))


def test_splits_share_neither_a_voice_nor_a_sentence(folder: Path) -> None:
    library = SpeechLibrary(folder)
    splits = [library.split(name) for name in ("train", "validation", "test")]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert splits[a] and splits[b]
        assert not {e.voice for e in splits[a]} & {e.voice for e in splits[b]}
        assert not {e.text for e in splits[a]} & {e.text for e in splits[b]}


def test_split_names() -> None:
    assert (voice_split("af_heart"), voice_split("af_kore"), voice_split("af_alloy")) == ("test", "validation", "train")
    assert sentence_split("Hello  THERE.") == sentence_split("hello there.")


def test_an_utterance_has_its_own_clock(folder: Path) -> None:
    library = SpeechLibrary(folder)
    utterance = library.load(library.entries[5])
    assert utterance.samples.dtype == np.float32 and len(utterance.samples) == SAMPLE_RATE // 2
    assert [p[2] for p in utterance.phones] == ["m", "a", " "]
    np.testing.assert_allclose([p[:2] for p in utterance.phones], [(0.1, 0.2), (0.2, 0.4), (0.4, 0.45)], atol=1e-6)


def test_drawing_is_the_same_for_the_same_seed(folder: Path) -> None:
    library = SpeechLibrary(folder)
    first, again = (library.draw(np.random.default_rng(3), "train", 4.0) for _ in range(2))
    assert len(first.samples) == 4 * SAMPLE_RATE
    np.testing.assert_array_equal(first.samples, again.samples)
    assert first.phones == again.phones and first.phones[-1][1] <= 4.0


def test_a_folder_of_speech_folders_is_read_as_one(folder: Path, tmp_path: Path) -> None:
    for name in ("first", "more"):
        (tmp_path / name).symlink_to(folder)
    both, one = SpeechLibrary(tmp_path), SpeechLibrary(folder)
    assert len(both.entries) == 2 * len(one.entries)
    assert {e.folder.name for e in both.entries} == {"first", "more"}
    np.testing.assert_array_equal(both.load(both.entries[-1]).samples, one.load(one.entries[-1]).samples)


def test_join_and_cut_shift_the_phones() -> None:
    one = Utterance(np.ones(SAMPLE_RATE, np.float32), ((0.0, 0.5, "a"),), "v", "en", "a")
    joined = join([one, one], [0.5, 0.25])
    assert joined.seconds == pytest.approx(2.75)
    assert joined.phones == ((0.5, 1.0, "a"), (1.75, 2.25, "a"))
    part = cut(joined, 0.75, 3.0)
    assert len(part.samples) == 3 * SAMPLE_RATE and part.phones == ((0.0, 0.25, "a"), (1.0, 1.5, "a"))


@pytest.mark.parametrize("missing", ["index.tsv", "af_heart.opus", "af_heart.tsv"])
def test_missing_files_say_what_to_do(folder: Path, tmp_path: Path, missing: str) -> None:
    for path in folder.iterdir():
        if path.name != missing:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(TrainingError, match=missing):
        library = SpeechLibrary(tmp_path)
        library.load(library.entries[0])


def test_broken_files_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "index.tsv").write_text("voice\ttext\nx\ty\n")
    with pytest.raises(TrainingError, match="columns"):
        SpeechLibrary(tmp_path)
    (tmp_path / "index.tsv").write_text((folder / "index.tsv").read_text())
    (tmp_path / "af_heart.opus").write_bytes(b"not sound")
    (tmp_path / "af_heart.tsv").write_text((folder / "af_heart.tsv").read_text())
    with pytest.raises(TrainingError, match="can't be read"):
        library = SpeechLibrary(tmp_path)
        library.load(library.entries[0])
