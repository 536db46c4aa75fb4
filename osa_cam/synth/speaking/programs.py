"""Three synthesisers that are programs of Debian's: flite, festival and open_jtalk.

    apt install flite
    apt install festival festvox-kallpc16k festvox-us-slt-hts
    apt install open-jtalk open-jtalk-mecab-naist-jdic && pip install --no-deps pyopenjtalk-plus    # for its voice mei, CC BY 3.0

Their licences (of CMU, Edinburgh and Nagoya) are like BSD's.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile

from osa_cam.errors import TrainingError
from osa_cam.synth.speaking.phones import ARPABET, OPEN_JTALK
from osa_cam.synth.speaking.said import Said, module, program, run, spread
from osa_cam.synth.speech import Phone

_FESTIVAL_LATE_S = {"festival-kal_diphone": -0.010, "festival-cmu_us_slt_arctic_hts": 0.0}
_JAPANESE = Path("/var/lib/mecab/dic/open-jtalk/naist-jdic")


def _said(path: Path, ends: list[tuple[float, str]], table: Mapping[str, str], late_s: float = 0.0) -> Said:
    """The sound in a file, and phones by their ends."""
    samples, rate = soundfile.read(path, dtype="float32")
    phones: list[Phone] = []
    start = 0.0
    for end, name in ends:
        end = max(end - late_s, 0.0)
        if end > start:
            phones += spread(table.get(name, " "), start, end)
            start = end
    return Said(np.asarray(samples, np.float32), int(rate), tuple(phones))


class Flite:
    """Three English voices; its kal16 is not among them, whose times drift."""

    def __init__(self) -> None:
        self.voices = dict.fromkeys(("flite-slt", "flite-awb", "flite-rms"), ("en-us",))
        self._program = program("flite", "flite")

    def say(self, text: str, language: str, voice: str, speed: float) -> Said:
        with tempfile.TemporaryDirectory() as folder:
            sound = Path(folder) / "said.wav"
            stretch = f"duration_stretch={1 / speed:.3f}"
            said = run([self._program, "-voice", voice.split("-")[1], "--setf", stretch, "-psdur", "-t", text, "-o", str(sound)])
            ends = [(float(end), name) for name, end in (pair.rsplit(":", 1) for pair in said.split())]
            return _said(sound, ends, ARPABET)


class Festival:
    """Two English voices."""

    def __init__(self) -> None:
        self.voices = dict.fromkeys(_FESTIVAL_LATE_S, ("en-us",))
        self._program = program("festival", "festival festvox-kallpc16k festvox-us-slt-hts")

    def say(self, text: str, language: str, voice: str, speed: float) -> Said:
        quoted = text.replace("\\", " ").replace('"', " ")
        with tempfile.TemporaryDirectory() as folder:
            sound, segments = Path(folder) / "said.wav", Path(folder) / "said.segs"
            script = Path(folder) / "say.scm"
            script.write_text(
                f'(voice_{voice.split("-")[1]})\n(Parameter.set \'Duration_Stretch {1 / speed:.3f})\n(set! u (Utterance Text "{quoted}"))\n'
                f'(utt.synth u)\n(utt.save.segs u "{segments}")\n(utt.save.wave u "{sound}" \'riff)\n',
                encoding="utf-8",
            )
            run([self._program, "-b", str(script)])
            if not sound.is_file():
                raise TrainingError(f"festival could not say {text!r}; is the voice {voice} installed?")
            rows = segments.read_text(encoding="utf-8").split("#\n", 1)[1].split("\n")
            ends = [(float(row.split()[0]), row.split()[2]) for row in rows if len(row.split()) == 3]
            return _said(sound, ends, ARPABET, _FESTIVAL_LATE_S[voice])


class OpenJtalk:
    """One Japanese voice, in as many moods as are installed."""

    def __init__(self) -> None:
        self._program = program("open_jtalk", "open-jtalk open-jtalk-mecab-naist-jdic")
        package = module("pyopenjtalk", "pyopenjtalk-plus")
        self._voices = Path(package.__file__).parent / "htsvoice"
        moods = [f"open_jtalk-{path.stem}" for path in sorted(self._voices.glob("mei_*.htsvoice"))]
        self.voices: dict[str, tuple[str, ...]] = dict.fromkeys(moods, ("ja",))
        if not self.voices or not _JAPANESE.is_dir():
            raise TrainingError(
                "open_jtalk needs its dictionary and a voice: apt install open-jtalk-mecab-naist-jdic; pip install pyopenjtalk-plus"
            )

    def _file(self, voice: str) -> Path:
        return self._voices / f"{voice.split('-')[1]}.htsvoice"

    def say(self, text: str, language: str, voice: str, speed: float) -> Said:
        with tempfile.TemporaryDirectory() as folder:
            sound, trace = Path(folder) / "said.wav", Path(folder) / "trace.txt"
            options = [
                "-x",
                str(_JAPANESE),
                "-m",
                str(self._file(voice)),
                "-r",
                f"{speed:.3f}",
                "-ow",
                str(sound),
                "-ot",
                str(trace),
            ]
            run([self._program, *options], given=text)
            # "START END p1^p2-PHONE+p4=p5...", in 100 ns
            labels = re.findall(r"^(\d+) (\d+) \S+?\^\S+?-(\w+)\+", trace.read_text(encoding="utf-8"), re.MULTILINE)
            if not labels:
                raise TrainingError(f"open_jtalk told no times for {text!r}")
            return _said(sound, [(int(end) / 1e7, name) for _, end, name in labels], OPEN_JTALK)
