import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from osa_cam.errors import TrainingError
from osa_cam.synth.speaking import make, said
from osa_cam.synth.speaking.espeak import Espeak, _closing
from osa_cam.synth.speaking.kokoro import languages_of
from osa_cam.synth.speaking.laughing import laughing
from osa_cam.synth.speaking.phones import ARPABET, ENGLISH, OPEN_JTALK, TIED, misaki_of_espeak, misaki_of_event
from osa_cam.synth.speaking.programs import Festival, Flite, OpenJtalk
from osa_cam.synth.speaking.said import Said, Synthesiser, lateness, spread
from osa_cam.synth.speaking.singing import sung
from osa_cam.synth.speech import SpeechLibrary
from osa_cam.synth.visemes import GESTURES

RATE = 16_000
TEXT = "Bob kept a paper cup on top of the big cupboard, but Peggy took it back to Kate."


def stops(late_s: float) -> Said:
    """Twelve vowels with a closed stop after each, whose times are stated too late."""
    samples = np.random.default_rng(0).normal(0, 0.1, 3 * RATE).astype(np.float32)
    phones = []
    for i in range(12):
        start = 0.1 + 0.2 * i
        samples[round((start + 0.1) * RATE) : round((start + 0.19) * RATE)] *= 0.01
        phones += [(start + late_s, start + 0.1 + late_s, "a"), (start + 0.1 + late_s, start + 0.2 + late_s, "p")]
    return Said(samples, RATE, tuple(phones))


@pytest.mark.parametrize("late_s", (-0.06, 0.0, 0.06))
def test_timings_are_checked_against_the_sound(late_s: float) -> None:
    measured = lateness([stops(late_s)])
    assert measured is not None and abs(measured - late_s) < 0.03  # a closure of 90 ms is quiet all along


def test_few_stops_say_nothing() -> None:
    assert lateness([Said(np.zeros(RATE, np.float32), RATE, ((0.0, 0.5, "a"), (0.5, 0.6, "p")))]) is None


def test_espeaks_pairs_become_misakis_letters() -> None:
    assert misaki_of_espeak("ɡˈo^ʊ ʌntˈɪl ð t^ʃˈɪn kˈɑːɹz sˈa^ʊnd", "en-us") == "ɡˈO ʌntˈɪl ð ʧˈɪn kˈɑɹz sˈWnd"
    assert misaki_of_espeak("t^sˈuː", "it") == "ʦˈuː"
    assert misaki_of_espeak("(en)wˈiː(it) s^sˈi", "it") == "wˈiː Sˈi"
    assert [misaki_of_event(sound, "en-us") for sound in ("aɪ", "ˈoʊ", "tʃ", "p")] == ["I", "ˈO", "ʧ", "p"]
    assert misaki_of_event("s.", "zh") == "ʂ"


def test_every_letter_that_is_written_has_a_gesture() -> None:
    written = "".join([*TIED.values(), *ENGLISH.values(), *ARPABET.values(), *OPEN_JTALK.values()])
    assert set(written) <= set(GESTURES)


def test_marks_take_no_time_and_the_others_share_it() -> None:
    phones = spread("ˈpa", 1.0, 1.101)
    assert [symbol for _, _, symbol in phones] == ["ˈ", "p", "a"]
    assert [end - start for start, end, _ in phones] == pytest.approx([0.001, 0.05, 0.05]) and phones[-1][1] == pytest.approx(1.101)


def test_a_stop_begins_where_the_sound_dies_away() -> None:
    level = np.full(100, 0.2, np.float32)
    level[40:50] = 0.001
    assert _closing(level, 0.25) == pytest.approx(0.2, abs=0.011)


def test_voices_speak_their_language_and_some_english() -> None:
    texts = {"en-us": [f"e{i}" for i in range(50)], "es": [f"s{i}" for i in range(50)]}
    config, rng = make.SpeechConfig(Path(), utterances=20), np.random.default_rng(0)
    chosen = make.choose(languages_of("ef_dora"), texts, config, rng)
    assert len(set(chosen)) == 20 and sum(language == "en-us" for language, _ in chosen) == 8
    assert {language for language, _ in make.choose(languages_of("af_heart"), texts, config, rng)} == {"en-us"}
    assert make.choose(("de",), texts, config, rng) == []
    assert {language for language, _ in make.choose(("de",), None, config, rng)} == {"de"}


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TrainingError, match="no texts"):
        make.read_texts(tmp_path / "texts.tsv")
    (tmp_path / "texts.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(TrainingError, match="language"):
        make.read_texts(tmp_path / "texts.tsv")
    with pytest.raises(TrainingError, match="pip install --no-deps what-it-wants"):
        said.module("no_such_package_of_ours", "what-it-wants")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(TrainingError, match="apt install flite"):
        Flite()


class Mumbler:
    """Says the stops above; its second voice times them a tenth of a second late."""

    def __init__(self) -> None:
        self.voices = {"af_alloy": ("en-us",), "af_heart": ("en-us",)}
        self.said = 0

    def say(self, text: str, language: str, voice: str, speed: float) -> Said:
        self.said += 1
        return stops(0.1 if voice == "af_heart" else 0.0)


def test_a_made_folder_is_a_library_without_voices_that_come_late(tmp_path: Path) -> None:
    (tmp_path / "texts.tsv").write_text("language\ttext\n" + "".join(f"en-us\tSentence {i}.\n" for i in range(9)))
    config = make.SpeechConfig(tmp_path / "out", tmp_path / "texts.tsv", utterances=5, sung=0.0, laughed=0.0)
    mumbler = Mumbler()
    make.make_speech(mumbler, config)
    make.make_speech(mumbler, config)  # goes on from what is there: nothing more is said
    library = SpeechLibrary(tmp_path / "out")
    assert mumbler.said == 10 and {entry.voice for entry in library.entries} == {"af_alloy"} and len(library.entries) == 5
    utterance = library.load(library.entries[3])
    assert "".join(p for _, _, p in utterance.phones) == "ap" * 12 and utterance.seconds == pytest.approx(3.0)


def _real(name: str) -> Synthesiser:
    if name == "espeak":
        pytest.importorskip("espeakng_loader", reason="needs the package named in osa_cam/synth/speaking/espeak.py")
        return Espeak()
    if shutil.which(name) is None or (name == "open_jtalk" and importlib.util.find_spec("pyopenjtalk") is None):
        pytest.skip("needs what osa_cam/synth/speaking/programs.py names")
    return {"flite": Flite, "festival": Festival, "open_jtalk": OpenJtalk}[name]()


@pytest.mark.parametrize("name", ("espeak", "flite", "festival", "open_jtalk"))
def test_real_ones_speak_in_time(name: str) -> None:
    synthesiser = _real(name)
    voice = next(iter(synthesiser.voices))
    language = synthesiser.voices[voice][0]
    text = TEXT if language.startswith("en") else "ぱぱと、ばすで、かたつむりと、たこを、とことこ、かたかた、ぽかぽか、はこぶ。"
    spoken = synthesiser.say(text, language, voice, 1.0)
    assert 2 < len(spoken.samples) / spoken.rate < 10 and np.abs(spoken.samples).max() > 0.05
    assert all(a[1] <= b[0] + 1e-6 for a, b in zip(spoken.phones, spoken.phones[1:], strict=False))
    assert spoken.phones[-1][1] == pytest.approx(len(spoken.samples) / spoken.rate, abs=0.5)
    late = lateness([spoken])
    assert late is not None and abs(late) <= make.LATEST_S
    faster = synthesiser.say(text, language, voice, 1.3)
    assert len(faster.samples) / faster.rate < 0.9 * len(spoken.samples) / spoken.rate


VOCODER = "needs the package named in osa_cam/synth/speaking/vocoder.py"


def hummed() -> Said:
    """Three vowels and two stops, at 120 Hz."""
    t = np.arange(2 * RATE) / RATE
    tone = sum(0.1 / k * np.sin(2 * np.pi * 120 * k * t) for k in range(1, 20)).astype(np.float32)
    tone[round(0.5 * RATE) : round(0.6 * RATE)] *= 0.001
    tone[round(1.5 * RATE) : round(1.6 * RATE)] *= 0.001
    return Said(tone, RATE, ((0.1, 0.5, "a"), (0.5, 0.6, "p"), (0.6, 1.5, "a"), (1.5, 1.6, "b"), (1.6, 1.9, "i")))


def test_song_lasts_longer_and_its_times_go_along() -> None:
    pytest.importorskip("pyworld", reason=VOCODER)
    spoken = hummed()
    song = sung(spoken, np.random.default_rng(0))
    assert len(song.samples) > 1.3 * len(spoken.samples)
    for start, end, symbol in song.phones:
        middle = song.samples[round((start + end) / 2 * RATE) - 160 :][:320]
        assert (np.abs(middle).max() < 0.03) == (symbol in "pb"), symbol


def test_a_laugh_follows_the_words_in_calls_that_sound_when_they_are_said_to() -> None:
    pytest.importorskip("pyworld", reason=VOCODER)
    spoken = hummed()
    laugh = laughing(spoken, np.random.default_rng(1))
    np.testing.assert_array_equal(laugh.samples[: len(spoken.samples)], spoken.samples)
    added = laugh.phones[len(spoken.phones) :]
    assert laugh.phones[: len(spoken.phones)] == spoken.phones and len(added) >= 8
    assert {symbol for _, _, symbol in added[::2]} == {"h"} and len({symbol for _, _, symbol in added[1::2]}) == 1

    def level(start: float, end: float) -> float:
        return float(np.sqrt(np.square(laugh.samples[round(start * RATE) : round(end * RATE)]).mean()))

    for puff, call in zip(added[::2], added[1::2], strict=True):
        assert 0.16 < call[1] - puff[0] < 0.26 and puff[1] == call[0]
        quiet = level(puff[0] + 0.02, puff[1] - 0.03)
        assert level(*call[:2]) > 3 * quiet > 0
    assert level(added[1][0], added[1][1]) > 1.2 * level(added[-1][0], added[-1][1]), "laughs fade"
    hiss = Said(np.random.default_rng(0).normal(0, 0.01, RATE).astype(np.float32), RATE, ((0.2, 0.8, "s"),))
    assert laughing(hiss, np.random.default_rng(0)) is hiss
