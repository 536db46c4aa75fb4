from pathlib import Path

import numpy as np
import pytest

from osa_cam.errors import TrainingError
from osa_cam.synth import kokoro
from osa_cam.synth.speech import SpeechLibrary
from osa_cam.synth.visemes import GESTURES


def test_espeaks_pairs_become_misakis_letters() -> None:
    assert kokoro._to_misaki("ɡˈo^ʊ ʌntˈɪl ð t^ʃˈɪn kˈɑːɹz sˈa^ʊnd", "en-us") == "ɡˈO ʌntˈɪl ð ʧˈɪn kˈɑɹz sˈWnd"
    assert kokoro._to_misaki("t^sˈuː", "it") == "ʦˈuː"
    assert kokoro._to_misaki("(en)wˈiː(it) s^sˈi", "it") == "wˈiː Sˈi"


def test_every_letter_that_it_writes_has_a_gesture() -> None:
    written = set("".join(kokoro._TIED.values()) + "".join(kokoro._ENGLISH.values()))
    assert written <= set(GESTURES)


def test_voices_speak_their_language_and_some_english() -> None:
    texts = {"en-us": [f"e{i}" for i in range(50)], "es": [f"s{i}" for i in range(50)]}
    config = kokoro.KokoroConfig(Path(), Path(), Path(), utterances=20)
    chosen = kokoro._choose("ef_dora", texts, config, np.random.default_rng(0))
    assert len(set(chosen)) == 20 and sum(language == "en-us" for language, _ in chosen) == 8
    assert {language for language, _ in kokoro._choose("af_heart", texts, config, np.random.default_rng(0))} == {"en-us"}


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no texts"):
        kokoro._read_texts(tmp_path / "texts.tsv")
    (tmp_path / "texts.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(TrainingError, match="language"):
        kokoro._read_texts(tmp_path / "texts.tsv")
    with pytest.raises(TrainingError, match="pip install"):
        kokoro._module("no_such_package_of_ours")


def test_a_made_folder_is_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Reader:
        def read(self, text: str, language: str) -> str:
            return "mˈa."

    class Voice:
        def __init__(self, voices: Path, threads: int) -> None:
            self.voices = {"af_alloy": voices, "af_heart": voices}

        def say(self, phones: str, voice: str, speed: float) -> tuple[np.ndarray, list[tuple[float, float, str]]]:
            return np.full(24_000, 0.1, np.float32), [(0.1 * i, 0.1 * i + 0.1, p) for i, p in enumerate(phones)]

    monkeypatch.setattr(kokoro, "Espeak", Reader)
    monkeypatch.setattr(kokoro, "Kokoro", Voice)
    (tmp_path / "texts.tsv").write_text("language\ttext\n" + "".join(f"en-us\tSentence {i}.\n" for i in range(9)))
    config = kokoro.KokoroConfig(tmp_path, tmp_path / "texts.tsv", tmp_path / "out", utterances=5)
    kokoro.make_speech(config)
    kokoro.make_speech(config)  # goes on from what is there
    library = SpeechLibrary(tmp_path / "out")
    assert len(library.entries) == 10
    utterance = library.load(library.entries[3])
    assert [p for _, _, p in utterance.phones] == list("mˈa.") and utterance.seconds == pytest.approx(1.0)


def test_it_speaks(tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader", reason="making speech needs the packages named in osa_cam/synth/kokoro.py")
    assert kokoro.Espeak().read("Sell your gift.", "en-us") == "sˈɛl jʊɹ ɡˈɪft."
