"""The whole chain, sound to frames: the only file that joins the stages, for live use and for files alike.

samples -> log-mel windows -> audio tokens -> one-step rolling sampler -> latents -> decoder -> frames
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.mel import silence_mel
from osa_cam.audio.window import WINDOW_MEL, StrideWindows
from osa_cam.avatars.library import Avatar
from osa_cam.config import Sampling
from osa_cam.engines.model import EXPRESSIONS, TOKENS_OF_FRAME, WINDOW_TOKENS, Manifest, Model, no_past
from osa_cam.errors import EngineError
from osa_cam.generation.ddim import DdimSampler
from osa_cam.generation.decoder import Decoder
from osa_cam.generation.drive import Drive
from osa_cam.generation.rolling import Past, RollingSampler, RollingState
from osa_cam.live.clock import Clock, SystemClock
from osa_cam.live.painting import Painting
from osa_cam.live.statistics import StageTimes
from osa_cam.media import (
    HOP_LENGTH,
    LATENT_CHANNELS,
    LEAST_SHARE,
    LOOKAHEAD_SAMPLES,
    SAMPLE_RATE,
    SAMPLES_PER_FRAME,
    STRIDE,
    TOKENS_PER_FRAME,
    Frame,
)

log = logging.getLogger(__name__)

FINISHED_TOKENS = WINDOW_TOKENS - LOOKAHEAD_SAMPLES // HOP_LENGTH // 2  # those after them lack their lookahead
PAST_TOKENS = TOKENS_OF_FRAME - TOKENS_PER_FRAME
OPENING = [LATENT_CHANNELS.index(part) for part in ("mouth", "teeth", "tongue")]


class Choice(Protocol):
    """What is worth the work: asked right before it."""

    def stride(self, first: int) -> bool:
        """Is the stride that begins with this frame to be sampled?"""
        ...

    def frame(self, pts: int) -> bool:
        """Is this frame of it to be painted?"""
        ...


class Everything:
    def stride(self, first: int) -> bool:
        return True

    def frame(self, pts: int) -> bool:
        return True


EVERYTHING = Everything()


@dataclass(frozen=True, eq=False)
class _Face:
    """What the networks are told of an avatar, and how it is to look."""

    denoiser_features: NDArray[np.float32]
    decoder: Decoder
    told: dict[str, NDArray[Any]]
    expression: NDArray[np.float32]
    liveliness: NDArray[np.float32]

    def picture(self, z: NDArray[np.float32]) -> NDArray[np.uint8]:
        return self.decoder.picture(z)


class Pipeline:
    """One avatar speaking. Frame k shows the samples [k, k + 1) * SAMPLES_PER_FRAME, whatever blocks they came in."""

    def __init__(self, model: Model, avatar: Avatar, sampling: Sampling, clock: Clock | None = None) -> None:
        self._model = model
        self._clock = clock or SystemClock()
        self._sampling = sampling
        self.stride = model.stride
        self._silence = self._tokens(silence_mel(WINDOW_MEL), PAST_TOKENS)
        self._nothing = no_past(model.denoise)
        self._sampler = self._sampler_of(model.manifest, sampling.steps or model.manifest.steps)
        self._face = self._next_face = self._look(avatar)
        self.reset()

    def _sampler_of(self, manifest: Manifest, steps: int) -> RollingSampler | DdimSampler:
        if manifest.sampler == "ddim":
            return DdimSampler(self._denoise, steps)
        return RollingSampler(self._denoise, manifest.strength, steps)

    def change(self, avatar: Avatar | None = None, expression: int | None = None, liveliness: float | None = None) -> None:
        """Another face or mood from the next stride on. From any thread, one at a time; the work is done on the caller's."""
        if expression is not None:
            self._sampling = replace(self._sampling, expression=expression)
        if liveliness is not None:
            self._sampling = replace(self._sampling, liveliness=liveliness)
        mood = self._mood()
        self._next_face = self._look(avatar) if avatar is not None else replace(self._next_face, expression=mood[0], liveliness=mood[1])

    def _look(self, avatar: Avatar) -> _Face:
        features = fitted(avatar, self._model.reference.infer({"picture": avatar.picture[None]}))
        _check_finite("reference", *features.values())
        decoder = Decoder(self._decode, avatar.picture, features["decoder_features"][0], self._model.latent_scale)
        told = {"reference": avatar.picture[None], "features": features["decoder_features"]}
        return _Face(features["denoiser_features"], decoder, told, *self._mood())

    def _mood(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Expression and liveliness as the network takes them."""
        expression = np.eye(EXPRESSIONS, dtype=np.float32)[self._sampling.expression][None]
        return expression, np.full((1, 1), self._sampling.liveliness, np.float32)

    def reset(self) -> None:
        """Before the first sample again, with the same random numbers to come."""
        model = self._model
        self.stages = StageTimes(model.decode.at_once if model.paint is None else 1)
        self._painting = Painting(model.paint, self._clock, self.stages.decode, model.painters)
        self._windows = StrideWindows(self.stride)
        self._past = self._silence
        noise, life = np.random.default_rng(self._sampling.seed).spawn(2)
        self._state = RollingState.begin(noise)
        self._drive = Drive(life, self._sampling.liveliness)
        self.level_db, self.speaking = -100.0, False
        self._samples = 0
        self._next_pts = 0
        self.mouth = 0.0

    def warm_up(self) -> None:
        """The first run of a graph takes several times longer than those that follow."""
        for _ in self.push(np.zeros(2 * STRIDE * SAMPLES_PER_FRAME, np.float32)):
            pass
        self.reset()

    def push(self, samples: NDArray[np.float32], choice: Choice = EVERYTHING) -> Iterator[Frame]:
        """samples: float32 [n], mono, SAMPLE_RATE; yields each chosen frame as soon as it is painted.

        The talk goes on through what is left out: a computer that is too slow shows fewer frames, not older ones. Raises EngineError when a
        network fails; the stride is lost, and the next push goes on after it.
        """
        self._samples += len(samples)
        try:
            yield from self._frames(samples, choice, None)
        except EngineError:
            # What a network left half done is not to be edited: the next stride begins as the first did.
            self._state, self._past = self._state.anew(), self._silence
            raise

    def flush(self) -> Iterator[Frame]:
        """The frames that still wait for their lookahead: what follows the end of the sound is silence."""
        end = -(-self._samples // SAMPLES_PER_FRAME)
        silence = np.zeros(STRIDE * SAMPLES_PER_FRAME + LOOKAHEAD_SAMPLES, np.float32)
        while self._next_pts < end:
            yield from self._frames(silence, EVERYTHING, end)

    def _frames(self, samples: NDArray[np.float32], choice: Choice, end: int | None) -> Iterator[Frame]:
        for window in self._windows.push(samples):
            first = self._next_pts
            if end is not None and first >= end:
                break
            self._next_pts += self.stride
            self._wear(self._next_face)
            tokens = np.concatenate((self._past, self._timed(self.stages.audio, self._tokens, window.mel, TOKENS_PER_FRAME * self.stride)))
            self._past = tokens[-PAST_TOKENS:]
            self.level_db, self.speaking = float(window.level_db[-1]), bool(window.speaking[-1])
            self._wanted = self._drive.stride(window.level_db, window.speaking)
            if not choice.stride(first):
                continue
            audio = np.stack([tokens[TOKENS_PER_FRAME * k : TOKENS_PER_FRAME * k + TOKENS_OF_FRAME] for k in range(self.stride)])
            latents = self._timed(self.stages.denoise, self._sampler.stride, self._state, audio)
            for k, z in enumerate(latents[: None if end is None else end - first]):
                if not choice.frame(first + k):
                    continue
                shares = z[OPENING] * self._model.latent_scale[OPENING]
                self.mouth = float(shares[shares > LEAST_SHARE].sum())
                yield from self._painting.put(z, first + k, self._face)
        yield from self._painting.drain()

    def _wear(self, face: _Face) -> None:
        if face.denoiser_features is not self._face.denoiser_features:
            # What was shown is another's: nothing of it is to be edited.
            self._state = self._state.anew()
        self._face = face
        self._drive.liveliness = float(face.liveliness[0, 0])

    def _timed(self, histogram: Any, stage: Callable[..., Any], *arguments: Any) -> Any:
        started = self._clock.now()
        result = stage(*arguments)
        histogram.add((self._clock.now() - started) * 1000.0)
        return result

    def _tokens(self, window: NDArray[np.float32], newest: int) -> NDArray[np.float32]:
        """mel [WINDOW_MEL, MEL_BINS] -> its newest finished tokens."""
        return self._model.audio.infer({"mel": window[None]})["tokens"][0, FINISHED_TOKENS - newest : FINISHED_TOKENS]

    def _denoise(
        self, z_t: NDArray[np.float32], timestep: float, audio: NDArray[np.float32], past: Past | None
    ) -> tuple[NDArray[np.float32], Past]:
        past16, past8 = past or self._nothing
        feeds = {
            "z_t": z_t,
            "timestep": np.array([timestep], np.float32),
            "audio": audio,
            "denoiser_features": self._face.denoiser_features,
            "expression": self._face.expression,
            "liveliness": self._face.liveliness,
            "drive": self._wanted,
            "past16": past16,
            "past8": past8,
        }
        made = self._model.denoise.infer(feeds)
        _check_finite("denoise", made["z_0"])
        return made["z_0"], (made["left16"], made["left8"])

    def _decode(self, z: NDArray[np.float32], warped: NDArray[np.uint8], features: NDArray[np.float32]) -> NDArray[np.uint8]:
        return self._model.decode.infer({"z": z, "warped": warped, "warped_features": features})["picture"]


def fitted(avatar: Avatar, features: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """What the reference graph says of an avatar, with what `osa-cam train fit` found for it."""
    delta = avatar.delta
    if delta is None:
        return features
    if not delta.fits(features["decoder_features"][0]):
        log.warning("%s was fitted to another picture or to another model's weights; it runs without: fit it again", avatar.id)
        return features
    added = {"decoder_features": delta.decoder_features, "denoiser_features": delta.denoiser_features}
    return {name: value + added[name] for name, value in features.items()}


def _check_finite(graph: str, *made: NDArray[Any]) -> None:
    """Raises EngineError: one NaN would be edited into every frame that follows."""
    if not all(np.isfinite(values).all() for values in made):
        raise EngineError(f"{graph} made numbers that are none (NaN): choose another engine, or install OSA Cam's models again")


def latency_s(stride: int) -> float:
    """What the method itself costs, on an endless computer: the rest of the stride and the lookahead."""
    return ((stride - 1) * SAMPLES_PER_FRAME + LOOKAHEAD_SAMPLES) / SAMPLE_RATE
