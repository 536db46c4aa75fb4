"""How many frames a second one core draws, labels and randomises, at 512 and 256 pixels; one line of JSON.

    python benchmarks/synth.py [--people 4] [--frames 6] [--looks 40]
    python benchmarks/synth.py --sheets DIR [--people 500] [--assets DIR]

The second writes pictures to look at instead: everybody, one of each kind in twenty poses, one person in every style.

Times are of the processor, not of the clock: other work on the machine counts little. A look's own making is in
`look_ms`; `look_share_ms` is what it adds to a frame when a person has `--frames` of them and a reference.
`psnr_*` compare a frame with the warped reference where the reference shows it, without a look and (median, tenth
percentile) with one: a look that shimmers loses there. `kinds` are frames a second a core of each kind of the stream at 512,
drawn and labelled without a look; `make_ms` is what one of them costs before its first frame.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.looks.look import Look
from osa_cam.synth.people import KINDS, kind_of, person
from osa_cam.synth.portrait.portrait import Identity, Portrait, reference_pose
from osa_cam.synth.pose import pose
from osa_cam.synth.preview import contact_sheet, drawn_styles_sheet, pose_sheet, style_sheet
from osa_cam.synth.sets import PARTS_SIZE


@dataclass
class Drawn:
    """A picture with its labels and parts."""

    picture: NDArray[np.uint8]
    labels: NDArray[np.float32]
    parts: NDArray[np.uint8]


@contextmanager
def timed(times: list[float]) -> Iterator[None]:
    """Notes how many milliseconds of processor time its block took."""
    start = time.process_time()
    yield
    times.append(1000 * (time.process_time() - start))


def turned(rng: np.random.Generator) -> NDArray[np.float32]:
    """A pose of somebody who talks and moves."""
    yaw, pitch, roll = rng.normal(0, (8, 5, 4))
    x, y = rng.normal(0, 0.015, 2)
    smile, blink = rng.uniform(0, 0.5), float(rng.random() < 0.1)
    return pose(
        headYaw=float(np.clip(yaw, -20, 20)),
        headPitch=float(np.clip(pitch, -12, 12)),
        headRoll=float(np.clip(roll, -12, 12)),
        headX=float(x),
        headY=float(y),
        jawOpen=float(rng.uniform(0, 0.5)),
        mouthSmileLeft=smile,
        mouthSmileRight=smile,
        eyeBlinkLeft=blink,
        eyeBlinkRight=blink,
        breath=float(rng.uniform(0, 1)),
    )


def rebuilt_psnr(reference: NDArray[np.uint8], frame: Drawn) -> float:
    """Of the reference warped by the frame's flow, where it shows the frame and nothing is painted anew; dB."""
    size = len(reference)
    at = cv2.resize(np.ascontiguousarray(frame.labels[:2].transpose(1, 2, 0)), (size, size)) * size
    pixels = np.arange(size, dtype=np.float32)
    at += np.stack(np.meshgrid(pixels, pixels), -1)
    warped = cv2.remap(reference, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sure = np.minimum(frame.labels[2], 1 - frame.labels[4:].sum(0))
    error = (warped.astype(np.float32) - frame.picture)[cv2.resize(sure, (size, size)) > 0.98]
    return float(10 * np.log10(255**2 / max(float((error**2).mean()), 1e-3)))


def measure(size: int, people: int, frames: int, looks: int) -> dict[str, float]:
    draw, label, make, paint = [], [], [], []
    plain, randomised = [], []
    for number in range(people):
        portrait, rng = Portrait(Identity.from_seed(number), size), np.random.default_rng(number)
        at = reference_pose(rng)
        reference = Drawn(portrait.draw(at), portrait.labels(at, at), portrait.parts(at, PARTS_SIZE))
        drawn = []
        for _ in range(frames):
            posed = turned(rng)
            with timed(draw):
                picture = portrait.draw(posed)
            with timed(label):
                labels, parts = portrait.labels(posed, at), portrait.parts(posed, PARTS_SIZE)
            drawn.append(Drawn(picture, labels, parts))
        alpha = np.ascontiguousarray(reference.picture[..., 3])
        plain += [rebuilt_psnr(reference.picture, frame) for frame in drawn]
        for k in range(looks // people):
            with timed(make):
                look = Look.from_rng(rng, size)
            first = look.apply(reference.picture, reference.labels, reference.parts, alpha, rng)[0]
            for frame in (drawn[k % frames], drawn[(k + 1) % frames]):
                with timed(paint):
                    result = look.apply(frame.picture, frame.labels, frame.parts, alpha, rng)
                randomised.append(rebuilt_psnr(first, Drawn(*result)))
    share = float(np.mean(make)) / frames
    return {
        "portrait_ms": round(float(np.median(draw)), 2),
        "labels_ms": round(float(np.median(label)), 2),
        "randomise_ms": round(float(np.mean(paint)), 2),
        "randomise_p95_ms": round(float(np.percentile(paint, 95)), 2),
        "look_ms": round(float(np.mean(make)), 2),
        "look_share_ms": round(share, 2),
        "frames_a_second": round(1000 / (float(np.median(draw)) + float(np.median(label)) + float(np.mean(paint)) + share), 1),
        "psnr_plain": round(float(np.median(plain)), 2),
        "psnr_look": round(float(np.median(randomised)), 2),
        "psnr_look_p10": round(float(np.percentile(randomised, 10)), 2),
        "psnr_plain_p10": round(float(np.percentile(plain, 10)), 2),
    }


def kinds(people: int, frames: int) -> dict[str, dict[str, float]]:
    """Of each kind of the stream: how long somebody takes to make, and frames a second."""
    out = {}
    for kind in KINDS:
        made, drawn = [], []
        numbers = [number for number in range(1000) if kind_of("validation", number) == kind][:people]
        for number in numbers:
            rng = np.random.default_rng(number)
            with timed(made):
                subject = person("validation", number)
            at = reference_pose(rng)
            subject.labels(at, at)
            for _ in range(frames):
                posed = turned(rng)
                with timed(drawn):
                    subject.draw(posed)
                    subject.labels(posed, at)
                    subject.parts(posed, PARTS_SIZE)
        out[kind] = {"make_ms": round(float(np.median(made)), 1), "frames_a_second": round(1000 / float(np.median(drawn)), 1)}
    return out


def write_sheets(folder: Path, people: int, assets: Path | None) -> None:
    firsts = {kind: next(number for number in range(1000) if kind_of("train", number) == kind) for kind in KINDS}
    for kind, number in firsts.items():
        pose_sheet(folder / f"poses-{kind}.png", person("train", number, assets))
    style_sheet(folder / "styles.png", firsts["head"])
    drawn_styles_sheet(folder / "drawn-styles.png", firsts["portrait"])
    contact_sheet(folder / "people.png", "train", range(people), lambda done, total: print(f"\r{done}/{total}", end=""), assets=assets)
    print(f"\n{folder}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--frames", type=int, default=6)
    parser.add_argument("--looks", type=int, default=40, help="of all people together")
    parser.add_argument("--sheets", type=Path, help="write contact sheets here instead of measuring")
    parser.add_argument("--assets", type=Path, help="with --sheets: a folder of hair that some people wear")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if options.sheets:
        write_sheets(options.sheets, options.people, options.assets)
        return
    sizes = {str(size): measure(size, options.people, options.frames, options.looks) for size in (512, 256)}
    each = kinds(options.people, options.frames)
    print(json.dumps({"benchmark": "synth", "load_of_the_machine": os.getloadavg()[0], **sizes, "kinds": each}))


if __name__ == "__main__":
    main()
