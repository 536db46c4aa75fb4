"""How far the avatar's mouth opens on which sounds of a recording; one JSON line.

    python benchmarks/lips.py speech.wav phones.tsv [--avatar ada] [--model lite]

phones.tsv: start_s, end_s, phone a row, ARPAbet or IPA; any aligner's output will do. Openings are shares of the recording's
95th percentile; r_loudness is their correlation with the frames' loudness.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from osa_cam.audio.file import read_blocks
from osa_cam.config import Sampling
from osa_cam.live.open import open_pipeline
from osa_cam.media import FPS, SAMPLES_PER_FRAME

CLOSED = {"p", "b", "m"}
VOWELS = set("aeiouæɑɐɒɔəɛɜɪʊʌɚAIOWYᵻ")


def kind(phone: str) -> str:
    """silence, closed (p b m), vowel or other; ARPAbet's vowels begin with a vowel's letter."""
    name = phone.strip("ˈˌ").strip("0123456789")
    if not name or name.upper() in ("SIL", "<SIL>", "SP"):
        return "silence"
    if name.lower() in CLOSED:
        return "closed"
    return "vowel" if name[0] in VOWELS or name[0] in "AEIOU" else "other"


def main(audio: Path, phones: Path, avatar: str = "ada", model: str = "lite", seed: Annotated[int, typer.Option()] = 0) -> None:
    pipeline, _ = open_pipeline(avatar, Sampling(seed=seed), "auto", Path(model) if Path(model).is_dir() else model)
    samples = np.concatenate(list(read_blocks(audio)))
    opening = []
    for _ in (frame for source in (pipeline.push(samples), pipeline.flush()) for frame in source):
        opening.append(pipeline.mouth)
    openings = np.array(opening) / np.percentile(opening, 95)
    middles = (np.arange(len(openings)) + 0.5) / FPS
    kinds = np.full(len(openings), "silence")
    with phones.open(encoding="utf-8", newline="") as file:
        for start, end, phone in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            kinds[(middles >= float(start)) & (middles < float(end))] = kind(phone)
    whole = samples[: len(openings) * SAMPLES_PER_FRAME]
    loud = np.sqrt(np.square(whole[: len(whole) // SAMPLES_PER_FRAME * SAMPLES_PER_FRAME].reshape(-1, SAMPLES_PER_FRAME)).mean(1))
    figures = {
        name: round(float(openings[kinds == name].mean()), 3) for name in ("vowel", "other", "closed", "silence") if (kinds == name).any()
    }
    print(json.dumps({**figures, "frames": len(openings), "r_loudness": round(float(np.corrcoef(openings[: len(loud)], loud)[0, 1]), 3)}))


if __name__ == "__main__":
    typer.run(main)
