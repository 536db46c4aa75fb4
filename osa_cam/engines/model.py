"""A model's folder: its manifest and its graphs, checked against docs/graphs.md before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from osa_cam.engines.base import Argument, Engine
from osa_cam.errors import ConfigError, ModelError
from osa_cam.media import DRIVE_CHANNELS, LATENT_CHANNELS, LATENT_SIZE, MEL_BINS, PICTURE_SIZE, STRIDE

MODELS = Path(__file__).parent.parent / "assets" / "models"
ENGINES = ("auto", "onnxruntime")

WINDOW_MEL = 128
WINDOW_TOKENS = WINDOW_MEL // 2
TOKEN_DIM = 128
TOKENS_OF_FRAME = 8
EXPRESSIONS = 5

OpenGraph = Callable[[Path], Engine]

_PICTURE = (1, PICTURE_SIZE, PICTURE_SIZE, 4)
_LATENTS = (len(LATENT_CHANNELS), LATENT_SIZE, LATENT_SIZE)


def _tensor(name: str, *shape: int, dtype: type[np.generic] = np.float32) -> Argument:
    return Argument(name, shape, np.dtype(dtype))


CONTRACT: dict[str, tuple[tuple[Argument, ...], tuple[Argument, ...]]] = {
    "audio": ((_tensor("mel", 1, WINDOW_MEL, MEL_BINS),), (_tensor("tokens", 1, WINDOW_TOKENS, TOKEN_DIM),)),
    "reference": (
        (_tensor("picture", *_PICTURE, dtype=np.uint8),),
        (_tensor("decoder_features", 1, LATENT_SIZE, LATENT_SIZE, 16), _tensor("denoiser_features", 1, 64, 32, 32)),
    ),
    "denoise": (
        (
            _tensor("z_t", STRIDE, *_LATENTS),
            _tensor("timestep", 1),
            _tensor("audio", STRIDE, TOKENS_OF_FRAME, TOKEN_DIM),
            _tensor("denoiser_features", 1, 64, 32, 32),
            _tensor("expression", 1, EXPRESSIONS),
            _tensor("liveliness", 1, 1),
            _tensor("drive", STRIDE, DRIVE_CHANNELS),
        ),
        (_tensor("z_0", STRIDE, *_LATENTS),),
    ),
    "decode": (
        (
            _tensor("z", 1, *_LATENTS),
            _tensor("warped", *_PICTURE, dtype=np.uint8),
            _tensor("warped_features", 1, LATENT_SIZE, LATENT_SIZE, 16),
        ),
        (_tensor("picture", *_PICTURE, dtype=np.uint8),),
    ),
}
"""What the live path runs; `encode` belongs to training and evaluation."""


class Manifest(BaseModel):
    """manifest.json; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = Field(ge=1, le=1, description="version of this layout")
    name: str = Field(min_length=1, description="the model's name, as its folder's")
    latent_scale: tuple[float, ...] = Field(
        min_length=len(LATENT_CHANNELS), max_length=len(LATENT_CHANNELS), description="raw = z * latent_scale"
    )
    strength: int = Field(ge=0, le=999, description="timestep to which the last stride is noised")
    steps: int = Field(ge=1, le=100, description="network evaluations a stride")
    trained: dict[str, Any] = Field(description="how the weights were made")


@dataclass(frozen=True, eq=False)
class Model:
    manifest: Manifest
    latent_scale: NDArray[np.float32]
    audio: Engine
    reference: Engine
    denoise: Engine
    decode: Engine


def load_model(name: str | Path = "lite", engine: str = "auto") -> Model:
    """name: a built-in model or a folder. Raises ModelError for what is missing, truncated or of another size, ConfigError for an
    unknown engine."""
    if engine not in ENGINES:
        raise ConfigError(f"no engine is called {engine!r}: choose one of {', '.join(ENGINES)}")
    from osa_cam.engines.onnxruntime import OnnxRuntimeEngine  # loading the runtime takes a tenth of a second

    folder = name if isinstance(name, Path) else MODELS / name
    manifest = read_manifest(folder)
    graphs = {graph: open_graph(folder / f"{graph}.onnx", OnnxRuntimeEngine) for graph in CONTRACT}
    scale = np.asarray(manifest.latent_scale, np.float32)[:, None, None]
    return Model(manifest, scale, **graphs)


def read_manifest(folder: Path) -> Manifest:
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        have = ", ".join(sorted(found.parent.name for found in MODELS.glob("*/manifest.json"))) or "none"
        raise ModelError(f"{folder} holds no model (no manifest.json); built in: {have}. Install OSA Cam's models again") from None
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ModelError(f"{path}: {place}: {first['msg']}. Install OSA Cam's models again") from error


def open_graph(path: Path, open_engine: OpenGraph) -> Engine:
    """Raises ModelError when the file is missing or the graph is of another shape than CONTRACT's."""
    if not path.is_file():
        raise ModelError(f"{path} is missing: install OSA Cam's models again")
    engine = open_engine(path)
    for kind, wanted, found in zip(("input", "output"), CONTRACT[path.stem], (engine.inputs, engine.outputs), strict=True):
        have = {argument.name: argument for argument in found}
        for argument in wanted:
            if have.get(argument.name) != argument:
                raise ModelError(f"{path}: {kind} should be {argument}, the file has {have.get(argument.name, 'none of that name')}")
        if extra := have.keys() - {argument.name for argument in wanted}:
            raise ModelError(f"{path}: {kind} {sorted(extra)[0]!r} is not in docs/graphs.md")
    return engine
