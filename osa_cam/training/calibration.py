"""What the live path would feed to the networks, from drawn sets: to calibrate int8 graphs with, and to compare them on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from osa_cam.engines.base import Engine
from osa_cam.engines.model import TOKENS_OF_FRAME, Model, no_past
from osa_cam.evaluation.metrics import correlation, mouth_opening
from osa_cam.generation.decoder import Decoder
from osa_cam.generation.rolling import Past, RollingSampler, RollingState
from osa_cam.media import MEL_PER_FRAME, STRIDE, TOKENS_PER_FRAME
from osa_cam.networks.audio import LOOKAHEAD_MEL
from osa_cam.synth.sets import MEL_BEFORE, open_set
from osa_cam.training.autoencoder import mouth_and_eyes
from osa_cam.training.clips import drive_of

Feed = dict[str, NDArray[np.generic]]
Latents = NDArray[np.float32]

NEW_TOKENS = STRIDE * TOKENS_PER_FRAME
NEW_MEL = STRIDE * MEL_PER_FRAME


@dataclass(frozen=True, eq=False)
class Still:
    """feed: of the decode graph; picture: the truth, uint8 [512, 512, 4]; parts: uint8 [256, 256] as in `Portrait.parts`."""

    feed: Feed
    picture: NDArray[np.uint8]
    parts: NDArray[np.uint8]


def decode_stills(model: Model, stills: Path, frames: int) -> Iterator[Still]:
    """The first frames of every person of a set of stills, from their drawn latents. Raises TrainingError without a set."""
    arrays = open_set(stills)
    for person, reference in enumerate(np.array(arrays["reference"])):
        features = model.reference.infer({"picture": reference[None]})["decoder_features"][0]
        seen: list[Feed] = []

        def keep(z: Latents, warped: NDArray[np.uint8], warped_features: Latents, seen: list[Feed] = seen) -> NDArray[np.uint8]:
            seen.append({"z": z, "warped": warped, "warped_features": warped_features})
            return warped

        decoder = Decoder(keep, reference, features, model.latent_scale)
        for frame in range(frames):
            decoder.picture(np.array(arrays["latents"][person, frame], np.float32) / model.latent_scale)
            yield Still(seen.pop(), np.array(arrays["picture"][person, frame]), np.array(arrays["parts"][person, frame]))


@dataclass(frozen=True, eq=False)
class Rollout:
    """made, truth: raw latents [frames, 11, 64, 64]; feeds: of the denoise graph, one a stride."""

    made: Latents
    truth: Latents
    feeds: list[Feed]


def roll_out(model: Model, denoise: Engine, clips: Path, clip: int, seed: int = 0) -> Rollout:
    """A clip from its sound as the live path makes it, blinks and head led as they were drawn. Raises TrainingError without a set."""
    arrays = open_set(clips)
    strides = arrays["latents"].shape[1] // STRIDE
    mel = np.array(arrays["mel"][clip], np.float32)
    labels = np.array(arrays["labels"][clip], np.float32)
    fixed = {
        "denoiser_features": model.reference.infer({"picture": np.array(arrays["reference"][clip])[None]})["denoiser_features"],
        "expression": labels[None, :-1],
        "liveliness": labels[None, -1:],
    }
    tokens = np.concatenate([_tokens(model, mel, stride) for stride in range(-1, strides)])
    feeds: list[Feed] = []

    nothing = no_past(denoise)

    def step(z_t: Latents, timestep: float, audio: Latents, past: Past | None) -> tuple[Latents, Past]:
        drive = drive_of(np.array(arrays["poses"][clip, len(feeds) * STRIDE : (len(feeds) + 1) * STRIDE]), True, True)
        feeds.append(fixed | {"z_t": z_t, "timestep": np.array([timestep], np.float32), "audio": audio, "drive": drive})
        feeds[-1]["past16"], feeds[-1]["past8"] = past or nothing
        given = denoise.infer(feeds[-1])
        return given["z_0"], (given["left16"], given["left8"])

    sampler, state = RollingSampler(step, model.manifest.strength), RollingState.begin(np.random.default_rng([seed, clip]))
    made = []
    for stride in range(strides):
        ends = NEW_TOKENS * (stride + 1) + TOKENS_PER_FRAME * (1 + np.arange(STRIDE))
        made.append(sampler.stride(state, np.stack([tokens[end - TOKENS_OF_FRAME : end] for end in ends])))
    truth = np.array(arrays["latents"][clip, : strides * STRIDE], np.float32)
    return Rollout(np.concatenate(made) * model.latent_scale, truth, feeds)


def _tokens(model: Model, mel: NDArray[np.float32], stride: int) -> Latents:
    """The stride's own tokens; the mel begins MEL_BEFORE frames before stride 0."""
    window = model.audio.inputs[0].shape[1]
    end = MEL_BEFORE + NEW_MEL * (stride + 1) + LOOKAHEAD_MEL
    last = window // 2 - LOOKAHEAD_MEL // 2
    return model.audio.infer({"mel": mel[None, end - window : end]})["tokens"][0, last - NEW_TOKENS : last]


def decode_losses(decode: Engine, twin: Engine, stills: Iterable[Still]) -> dict[str, float]:
    """PSNR in dB over the premultiplied pictures: float32 and int8 against the truth, everywhere and around the mouth, and against
    each other."""
    errors: dict[str, list[float]] = defaultdict(list)
    for still in stills:
        float32, int8 = (engine.infer(still.feed)["picture"][0].astype(np.float32) for engine in (decode, twin))
        mouth = mouth_and_eyes(torch.from_numpy(still.parts)[None])[0][0, 0].numpy() > 0
        for name, made in (("float32", float32), ("int8", int8)):
            error = np.square(made - still.picture)
            errors[f"psnr_{name}"].append(float(error.mean()))
            errors[f"psnr_mouth_{name}"].extend(error[mouth].mean(1).tolist())
        errors["psnr_between"].append(float(np.square(float32 - int8).mean()))
    return {name: float(10 * np.log10(255**2 / max(float(np.mean(squares)), 1e-9))) for name, squares in errors.items()}


def denoise_losses(model: Model, denoise: Engine, twin: Engine, clips: Path, chosen: Iterable[int]) -> dict[str, float]:
    """Pearson's r of the mouth's opening over whole rollouts: float32 and int8 against the truth, and against each other."""
    rs: dict[str, list[float]] = defaultdict(list)
    for clip in chosen:
        float32, int8 = (roll_out(model, engine, clips, clip) for engine in (denoise, twin))
        openings = [mouth_opening(latents) for latents in (float32.made, int8.made, float32.truth)]
        rs["mouth_r_float32"].append(correlation(openings[0], openings[2]))
        rs["mouth_r_int8"].append(correlation(openings[1], openings[2]))
        rs["mouth_r_between"].append(correlation(openings[0], openings[1]))
    return {name: float(np.mean(values)) for name, values in rs.items()}
