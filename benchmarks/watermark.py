"""How well the invisible mark is found after a call's H.264, how often it is seen where none is, and its cost. Ends in one line of JSON.

    python benchmarks/watermark.py [AVATAR ...] [--seconds 6]

Each avatar speaks the built-in clip on a plain and on a blurred background, marked and unmarked; every video is compressed as a call's is
(x264, baseline, no lookahead, constant rate) and looked at. cropped: 4 % are cut off at each side and the rest is made 560x316. A score
of THRESHOLD (osa_cam/generation/detector.py) counts as marked.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.file import read_blocks
from osa_cam.avatars.library import manifests
from osa_cam.config import Background, Canvas, Sampling
from osa_cam.generation import watermark
from osa_cam.generation.compose import Composer
from osa_cam.generation.detector import THRESHOLD, detect
from osa_cam.live.open import open_pipeline
from osa_cam.media import FPS, SAMPLE_RATE

CALLS = {
    "720p, 1500 kbit/s": (1280, 720, 1500, 0.0),
    "360p, 500 kbit/s": (640, 360, 500, 0.0),
    "360p, 500 kbit/s, cropped": (560, 316, 500, 0.04),
}
SPEECH = Path(__file__).parents[1] / "osa_cam" / "assets" / "demo.opus"

Picture = NDArray[np.uint8]


def portraits(avatar: str, seconds: float) -> list[Picture]:
    pipeline, _ = open_pipeline(avatar, Sampling())
    sound = np.concatenate(list(read_blocks(SPEECH)))[: round(seconds * SAMPLE_RATE)]
    return [frame.picture for frame in pipeline.push(sound)]


def compress(pictures: Iterator[Picture], call: tuple[int, int, int, float], out: Path) -> None:
    width, height, kbits, cut = call
    with av.open(str(out), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", 1000 * kbits
        rate = f"{kbits}k"
        stream.options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "profile": "baseline",
            "threads": "1",
            "maxrate": rate,
            "bufsize": rate,
        }
        for picture in pictures:
            top, left = (round(cut * size) for size in picture.shape[:2])
            kept = picture[top : picture.shape[0] - top, left : picture.shape[1] - left, :3]
            small = cv2.resize(kept, (width, height), interpolation=cv2.INTER_AREA)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(small, format="rgb24")))
        container.mux(stream.encode(None))


def psnr(one: Picture, other: Picture) -> float:
    return float(10.0 * np.log10(255.0**2 / np.square(one[..., :3].astype(np.float32) - other[..., :3]).mean()))


def cost_ms(portrait: Picture, runs: int = 300) -> dict[str, float]:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        watermark.mark(portrait)
        times.append((time.perf_counter() - began) * 1000.0)
    return {f"p{percent}": round(float(np.percentile(times, percent)), 3) for percent in (10, 50)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("avatars", nargs="*", help="four of the built-in ones when none is named")
    parser.add_argument("--seconds", type=float, default=6.0)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    scores: dict[str, dict[str, list[float]]] = {name: {"marked": [], "unmarked": []} for name in CALLS}
    quality: list[float] = []
    names = list(manifests())
    for avatar in asked.avatars or names[:: max(len(names) // 4, 1)][:4]:
        made = portraits(avatar, asked.seconds)
        for background in ("#22262e", "blur"):
            # A composer takes its blur from the first portrait it sees: the same for both.
            composers = {
                kind: Composer(Canvas(1280, 720, Background.parse(background), watermark=kind == "marked"))
                for kind in ("marked", "unmarked")
            }
            for composer in composers.values():
                composer.compose(made[0])
            middle = made[len(made) // 2]
            quality.append(psnr(*(composer.compose(composer.mark(middle)) for composer in composers.values())))
            for call, settings in CALLS.items():
                for kind, composer in composers.items():
                    with tempfile.TemporaryDirectory() as folder:
                        out = Path(folder, "call.mp4")
                        compress((composer.compose(composer.mark(portrait)) for portrait in made), settings, out)
                        scores[call][kind].append(detect(out).score)
                print(avatar, background, call, {kind: found[-1] for kind, found in scores[call].items()}, flush=True)
    calls = {
        call: {
            "marked_lowest": min(found["marked"]),
            "marked_median": float(np.median(found["marked"])),
            "missed": sum(score < THRESHOLD for score in found["marked"]),
            "unmarked_highest": max(found["unmarked"]),
            "false_alarms": sum(score >= THRESHOLD for score in found["unmarked"]),
            "videos_each": len(found["marked"]),
        }
        for call, found in scores.items()
    }
    print(json.dumps({"threshold": THRESHOLD, "psnr_db_lowest": round(min(quality), 1), "cost_ms": cost_ms(made[0]), "calls": calls}))


if __name__ == "__main__":
    main()
