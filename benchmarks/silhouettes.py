"""How sharp silhouettes are, drawn and sampled, and what the outline of cut-out avatars costs. Ends in one line of JSON.

    python benchmarks/silhouettes.py SET [AVATAR ...]

SET: stills that `osa-cam synth make` drew. From their latents the built-in decoder paints them again: psnr_db against what was drawn, as
the live path does it and with every silhouette believed. Each avatar speaks two seconds of the built-in clip. sharpness: smallest and
largest; osa_cam/generation/decoder.py believes one above SHARP and none below BLURRED. ms: processor time of all that is done for an
outline, a frame.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.file import read_blocks
from osa_cam.config import Sampling
from osa_cam.engines.model import Model
from osa_cam.generation import decoder
from osa_cam.generation.decoder import Decoder, sharpness
from osa_cam.live.open import open_model, open_pipeline
from osa_cam.media import LATENT_CHANNELS, SAMPLE_RATE

SPEECH = Path(__file__).parents[1] / "osa_cam" / "assets" / "demo.opus"
SECONDS = 2.0


def sampled(avatar: str) -> list[float]:
    pipeline, _ = open_pipeline(avatar, Sampling(liveliness=0.9))
    sound = np.concatenate(list(read_blocks(SPEECH)))[: round(SECONDS * SAMPLE_RATE)]
    found: list[float] = []
    believe = decoder.certainty

    def noted(alpha: NDArray[np.float32]) -> np.float32:
        found.append(sharpness(alpha))
        return believe(alpha)

    with patch.object(decoder, "certainty", noted):
        for _ in pipeline.push(sound):
            pass
    return found


def drawn(folder: Path, model: Model) -> tuple[list[float], dict[str, float]]:
    latents, pictures, references = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("latents", "picture", "reference"))
    found: list[float] = []
    psnr: dict[str, list[float]] = {"as_live": [], "believed": []}
    for raws, targets, reference in zip(latents, pictures, map(np.ascontiguousarray, references), strict=True):
        if reference[..., 3].min() == 255:
            continue
        features = model.reference.infer({"picture": reference[None]})["decoder_features"][0]
        painter = Decoder(lambda *feeds: decode(model, *feeds), reference, features, model.latent_scale)
        for raw, target in zip(raws.astype(np.float32), targets, strict=True):
            found.append(sharpness(np.clip(raw[LATENT_CHANNELS.index("alpha")], 0.0, 1.0)))
            psnr["as_live"].append(against(target, painter.picture(raw / model.latent_scale)))
            with patch.object(decoder, "certainty", lambda alpha: np.float32(1.0)):
                psnr["believed"].append(against(target, painter.picture(raw / model.latent_scale)))
    return found, {name: round(float(np.mean(values)), 3) for name, values in psnr.items()}


def decode(model: Model, z: Any, warped: Any, features: Any) -> NDArray[np.uint8]:
    return model.decode.infer({"z": z, "warped": warped, "warped_features": features})["picture"]


def against(target: NDArray[np.uint8], picture: NDArray[np.uint8]) -> float:
    return float(10.0 * np.log10(255.0**2 / np.square(target.astype(np.float32) - picture).mean()))


def cost_ms(model: Model) -> float:
    """Median of a cut-out portrait's frame less that of an opaque one; the decoder does nothing."""
    z = np.zeros((len(LATENT_CHANNELS), 64, 64), np.float32)
    cut_out = np.zeros((512, 512, 4), np.uint8)
    cut_out[64:, 128:384] = 255
    opaque = np.full_like(cut_out, 255)
    features = np.zeros((64, 64, 16), np.float32)
    cut, whole = (Decoder(lambda z, warped, maps: warped, one, features, model.latent_scale) for one in (cut_out, opaque))
    return float(np.median([timed(cut.picture, z) - timed(whole.picture, z) for _ in range(300)]))


def timed(paint: Callable[[Any], Any], z: NDArray[np.float32]) -> float:
    started = time.thread_time()  # other programs' time is not ours
    paint(z)
    return (time.thread_time() - started) * 1000.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("avatars", nargs="*", default=["elin", "greta", "midori", "ada", "tomas", "felix"])
    options = parser.parse_args()
    model = open_model()
    found, psnr = drawn(options.set, model)
    kinds = {"drawn": found} | {avatar: sampled(avatar) for avatar in options.avatars}
    sharp = {kind: [round(min(values), 2), round(max(values), 2)] for kind, values in kinds.items()}
    for kind, (least, most) in sharp.items():
        print(f"{kind:<12} sharpness {least:.2f} to {most:.2f}")
    print(json.dumps({"sharpness": sharp, "psnr_db": psnr, "ms": round(cost_ms(model), 2)}))


if __name__ == "__main__":
    main()
