"""The pictures of the first page. `python -m tests.docs.pictures [FOLDER]` renders and writes them into docs/assets."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from osa_cam.audio.file import read_blocks
from osa_cam.avatars.library import load_avatar, manifests
from osa_cam.media import FPS, SAMPLE_RATE

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "docs" / "assets"
SPEECH = ROOT / "osa_cam" / "assets" / "demo.opus"

SPEAKERS = ("elin", "maya", "yuki")
PAPER, TEXT, INK, LINE = (236, 230, 218), (31, 36, 33), (15, 110, 99), (190, 184, 168)
BEGINS_S, LASTS_S = 0.6, 6.4
EVERY = 2  # of 25 frames a second: a page is no cinema
SIDE, STRIP = 256, 72
SHOWS_S = 1.6  # of the sound, at a time
LARGEST_BYTES = 1_500_000
CAMERA_FRAME = 20

AVATAR_SIDE, AVATARS_ABREAST, NAME, GAP = 160, 7, 26, 16

Picture = NDArray[np.uint8]


def rendered(out: Path, speech: Path, *options: str) -> list[Picture]:
    """What `osa-cam render` makes: RGB [height, width, 3], FPS a second. A file that is there is taken as it is."""
    if not out.is_file():
        subprocess.run([sys.executable, "-m", "osa_cam", "render", str(speech), "-o", str(out), *options], check=True)
    with av.open(str(out)) as container:
        return [frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False) for frame in container.decode(video=0)]


def head(avatar: str, folder: Path) -> list[Picture]:
    """The demo's speech, [SIDE, SIDE, 3]."""
    colour = "#{:02x}{:02x}{:02x}".format(*PAPER)
    frames = rendered(folder / f"{avatar}.mp4", SPEECH, "--avatar", avatar, "--size", "512x512", "--background", colour)
    return [cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8) for frame in frames]


def camera(out: Path, folder: Path) -> None:
    """What others see: a frame of the beginning of the speech, where the mouth is open."""
    samples = np.concatenate(list(read_blocks(SPEECH)))[: round(BEGINS_S * SAMPLE_RATE) + SAMPLE_RATE]
    speech = folder / "beginning.wav"
    with wave.open(str(speech), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    frames = rendered(folder / "camera.mp4", speech, "--avatar", "maya", "--badge")
    Image.fromarray(frames[CAMERA_FRAME]).save(out, quality=85, optimize=True)


def loudness() -> NDArray[np.float64]:
    """0 to 1, a hundred a second."""
    samples = np.concatenate(list(read_blocks(SPEECH)))
    hop = SAMPLE_RATE // 100
    power = np.sqrt(np.square(samples[: len(samples) // hop * hop].reshape(-1, hop)).mean(1))
    return np.clip(power / np.percentile(power, 98), 0.0, 1.0)


def strip(loud: NDArray[np.float64], now_s: float, width: int) -> Picture:
    """The sound as bars, what is heard now at the right end of the dark ones."""
    scale = 3
    drawn = np.full((STRIP * scale, width * scale, 3), PAPER, np.uint8)
    step = 8
    bars = width // step
    now = bars * 3 // 4
    for bar in range(bars):
        at = round((now_s + (bar - now) * SHOWS_S / bars) * 100)
        level = float(loud[at]) if 0 <= at < len(loud) else 0.0
        x, half = (bar * step + step // 2) * scale, (2 + level * (STRIP / 2 - 12)) * scale
        middle = STRIP * scale // 2
        colour = INK if bar <= now else LINE
        cv2.line(drawn, (x, round(middle - half)), (x, round(middle + half)), colour, 4 * scale, cv2.LINE_AA)
    return cv2.resize(drawn, (width, STRIP), interpolation=cv2.INTER_AREA).astype(np.uint8)


def animation(out: Path, folder: Path) -> None:
    """Three portraits that say the same, above the sound that they hear."""
    heads, loud = [head(name, folder) for name in SPEAKERS], loudness()
    frames = []
    for k in range(round(BEGINS_S * FPS), round((BEGINS_S + LASTS_S) * FPS), EVERY):
        above = np.hstack([frames_of[k] for frames_of in heads])
        frames.append(Image.fromarray(np.vstack([above, strip(loud, (k + 1) / FPS, above.shape[1])])))
    for quality in (80, 70, 60, 50, 40):
        options = {"quality": quality, "method": 4, "minimize_size": True, "loop": 0, "duration": 1000 * EVERY // FPS}
        frames[0].save(out, save_all=True, append_images=frames[1:], **options)
        if out.stat().st_size <= LARGEST_BYTES:
            return
    raise RuntimeError(f"{out} has more than {LARGEST_BYTES} bytes")


def gallery(out: Path) -> None:
    """All built-in portraits with their names."""
    found = manifests()
    down, across = AVATAR_SIDE + NAME + GAP, AVATAR_SIDE + GAP
    rows = -(-len(found) // AVATARS_ABREAST)
    page = np.full((rows * down + GAP, AVATARS_ABREAST * across + GAP, 3), PAPER, np.uint8)
    font = cv2.FontFace("sans")
    for place, (key, manifest) in enumerate(found.items()):
        y, x = GAP + place // AVATARS_ABREAST * down, GAP + place % AVATARS_ABREAST * across
        portrait = cv2.resize(load_avatar(key).picture, (AVATAR_SIDE, AVATAR_SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
        shown = portrait[..., :3] + np.array(PAPER) * (1 - portrait[..., 3:] / 255)
        page[y : y + AVATAR_SIDE, x : x + AVATAR_SIDE] = shown.round().clip(0, 255).astype(np.uint8)
        width = cv2.getTextSize((AVATAR_SIDE, NAME), manifest.name, (0, 0), font, 15)[2]
        cv2.putText(page, manifest.name, (x + (AVATAR_SIDE - width) // 2, y + AVATAR_SIDE + 19), TEXT, font, 15)
    Image.fromarray(page).quantize(192, dither=Image.Dither.FLOYDSTEINBERG).save(out, optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as own:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(own)
        ASSETS.mkdir(exist_ok=True)
        gallery(ASSETS / "avatars.png")
        camera(ASSETS / "camera.jpg", folder)
        animation(ASSETS / "demo.webp", folder)


if __name__ == "__main__":
    main()
