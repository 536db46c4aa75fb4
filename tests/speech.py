"""A folder of speech as `SpeechLibrary` reads it, of tones instead of voices."""

from pathlib import Path

import numpy as np
import soundfile

VOICES = ("af_heart", "af_kore", "af_alloy", "am_adam")
SENTENCES = [f"Sentence number {i}." for i in range(40)]


def write_speech(folder: Path) -> Path:
    """Four voices who say 40 sentences of half a second, each a tone between silences."""
    folder.mkdir(exist_ok=True)
    index = ["voice\tutterance\tstart_s\tend_s\tlanguage\tspeed\ttext"]
    t = np.arange(24_000 * 30) / 24_000
    for voice in VOICES:
        soundfile.write(folder / f"{voice}.opus", 0.1 * np.sin(2 * np.pi * 440 * t), 24_000, format="OGG", subtype="OPUS")
        rows = ["start_s\tend_s\tphone"]
        for i, text in enumerate(SENTENCES):
            start = 0.7 * i
            index.append(f"{voice}\t{i:03d}\t{start:.3f}\t{start + 0.5:.3f}\ten-us\t1.0\t{text}")
            for a, b, phone in ((0.1, 0.2, "m"), (0.2, 0.4, "a"), (0.4, 0.45, " ")):
                rows.append(f"{start + a:.3f}\t{start + b:.3f}\t{phone}")
        (folder / f"{voice}.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "index.tsv").write_text("\n".join(index) + "\n", encoding="utf-8")
    return folder
