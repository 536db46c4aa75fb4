"""A model's folder: its manifest and its graphs, checked against docs/graphs.md before anything runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from osa_cam.engines.accelerator import AcceleratedEngine, Accelerator, Opened, Painter
from osa_cam.engines.base import Argument, Array, Engine
from osa_cam.engines.choice import Open, runtime
from osa_cam.engines.cuda import Cuda
from osa_cam.engines.tensorrt import Tell, TensorRtEngine
from osa_cam.errors import ConfigError, ModelError
from osa_cam.media import DRIVE_CHANNELS, LATENT_CHANNELS, LATENT_SIZE, MEL_BINS, MEMORY, PICTURE_SIZE, STRIDE, STRIDES

log = logging.getLogger(__name__)

MODELS = Path(__file__).parent.parent / "assets" / "models"

WINDOW_MEL = 128
WINDOW_TOKENS = WINDOW_MEL // 2
TOKEN_DIM = 128
TOKENS_OF_FRAME = 8
EXPRESSIONS = 5

PROBED = 64  # values of an int8 graph's output that its manifest remembers
TOLERANCE = 0.25  # of their deviation: kernels may round otherwise; a wrong sum or another file's weights are further off

FRAMES = 0  # in a shape: the frames of a stride, which are chosen when a graph is loaded
ANY = -1  # in a shape: as the model's size has it


_PICTURE = (1, PICTURE_SIZE, PICTURE_SIZE, 4)
_LATENTS = (len(LATENT_CHANNELS), LATENT_SIZE, LATENT_SIZE)


def _tensor(name: str, *shape: int, dtype: type[np.generic] = np.float32) -> Argument:
    return Argument(name, shape, np.dtype(dtype))


def _past(kind: str) -> tuple[Argument, Argument]:
    """Keys and values of the attention over time at 16x16 and at 8x8."""
    return _tensor(f"{kind}16", 1, MEMORY, ANY, 16, 16), _tensor(f"{kind}8", 1, MEMORY, ANY, 8, 8)


CONTRACT: dict[str, tuple[tuple[Argument, ...], tuple[Argument, ...]]] = {
    "audio": ((_tensor("mel", 1, WINDOW_MEL, MEL_BINS),), (_tensor("tokens", 1, WINDOW_TOKENS, TOKEN_DIM),)),
    "reference": (
        (_tensor("picture", *_PICTURE, dtype=np.uint8),),
        (_tensor("decoder_features", 1, LATENT_SIZE, LATENT_SIZE, 16), _tensor("denoiser_features", 1, 64, 32, 32)),
    ),
    "denoise": (
        (
            _tensor("z_t", FRAMES, *_LATENTS),
            _tensor("timestep", 1),
            _tensor("audio", FRAMES, TOKENS_OF_FRAME, TOKEN_DIM),
            _tensor("denoiser_features", 1, 64, 32, 32),
            _tensor("expression", 1, EXPRESSIONS),
            _tensor("liveliness", 1, 1),
            _tensor("drive", FRAMES, DRIVE_CHANNELS),
            *_past("past"),
        ),
        (_tensor("z_0", FRAMES, *_LATENTS), *_past("left")),
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
"""What the live path runs; `encode` belongs to training and evaluation, `PAINT` to GPUs."""

PAINT: tuple[tuple[Argument, ...], tuple[Argument, ...]] = (
    (
        _tensor("z", 1, *_LATENTS),
        _tensor("reference", *_PICTURE, dtype=np.uint8),
        _tensor("features", 1, LATENT_SIZE, LATENT_SIZE, 16),
    ),
    (_tensor("picture", *_PICTURE, dtype=np.uint8),),
)
"""`decode` with what the host does before and after it."""

ON_GPU: dict[str, tuple[str, ...]] = {"audio": (), "denoise": ("denoiser_features",)}
"""What a GPU takes over beside `paint`, with the inputs that stay the same for as long as an avatar is worn."""
KEPT_TO_PAINT = ("reference", "features")


class Int8(BaseModel):
    """A graph that is there in int8 too; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    probe: tuple[float, ...] = Field(min_length=PROBED, max_length=PROBED, description="what `probe` gives where it was made")
    loss: dict[str, float] = Field(description="what it costs: figures of float32 and int8 on held-out data")


class Manifest(BaseModel):
    """manifest.json; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = Field(ge=1, le=1, description="version of this layout")
    name: str = Field(min_length=1, description="the model's name, as its folder's")
    latent_scale: tuple[float, ...] = Field(
        min_length=len(LATENT_CHANNELS), max_length=len(LATENT_CHANNELS), description="raw = z * latent_scale"
    )
    sampler: Literal["rolling", "ddim"] = Field(
        default="rolling", description="rolling: each stride edits what was shown; ddim: each stride from noise, the base model's way"
    )
    strength: int = Field(ge=0, le=999, description="timestep to which the last stride is noised")
    steps: int = Field(ge=1, le=100, description="network evaluations a stride")
    trained: dict[str, Any] = Field(description="how the weights were made")
    int8: dict[Literal["denoise", "decode"], Int8] = Field(default={}, description="graphs that are there in int8 too")


@dataclass(frozen=True, eq=False)
class Model:
    """painters: threads that paint frames of a stride side by side, `decode.at_once` of them; None where that is one."""

    manifest: Manifest
    latent_scale: NDArray[np.float32]
    audio: Engine
    reference: Engine
    denoise: Engine
    decode: Engine
    stride: int = STRIDE
    accelerator: Accelerator | None = None
    paint: Painter | None = None
    painters: Executor | None = None

    def close(self) -> None:
        """Ends its threads."""
        if self.accelerator is not None:
            self.accelerator.close()
        if self.painters is not None:
            self.painters.shutdown(cancel_futures=True)


def load_model(name: str | Path = "lite", engine: str = "auto", int8: bool = True, stride: int = STRIDE) -> Model:
    """name: a built-in model or a folder; int8: run the graphs that are there in int8 so, where the processor computes them rightly;
    stride: frames made in one step, one of STRIDES.

    Raises ModelError for what is missing, truncated or of another size, ConfigError for an unknown engine, EngineError for one that
    does not work here.
    """
    chosen = runtime(engine)
    if stride not in STRIDES:
        raise ConfigError(f"a stride of {stride} frames: choose one of {', '.join(map(str, STRIDES))}")
    folder = name if isinstance(name, Path) else MODELS / name
    manifest = read_manifest(folder)
    graphs: dict[str, Engine] = {}
    for graph in CONTRACT:
        known = manifest.int8.get(graph) if int8 and chosen.int8 else None  # type: ignore[call-overload]
        opener = chosen.open_pair if graph == "decode" and stride > 1 else chosen.open
        fast = open_int8(folder / f"{graph}.int8.onnx", opener, known, stride) if known else None
        graphs[graph] = fast or open_graph(folder / f"{graph}.onnx", opener, stride)
    scale = np.asarray(manifest.latent_scale, np.float32)[:, None, None]
    audio, reference, denoise, decode = (graphs[graph] for graph in CONTRACT)
    painters = ThreadPoolExecutor(decode.at_once, "painter") if decode.at_once > 1 else None
    model = Model(manifest, scale, audio, reference, denoise, decode, stride, painters=painters)
    if not chosen.gpu:
        return model
    accelerator = Accelerator(partial(open_gpu, folder, graphs))
    audio, denoise = (AcceleratedEngine(graph, graphs[graph], accelerator) for graph in ON_GPU)
    return replace(model, audio=audio, denoise=denoise, accelerator=accelerator, paint=Painter(accelerator))


def open_gpu(folder: Path, graphs: Mapping[str, Engine], tell: Tell, stop: threading.Event, cuda: Cuda | None = None) -> Opened:
    """TensorRT's engines of a model; graphs: the processor's, whose inputs and outputs they share. Raises EngineError, ModelError."""
    cuda = cuda or Cuda()
    engines: dict[str, TensorRtEngine] = {}

    def close() -> None:
        for engine in engines.values():
            engine.close()
        cuda.close()

    try:
        for graph, kept in ON_GPU.items():
            inputs, outputs = graphs[graph].inputs, graphs[graph].outputs
            engines[graph] = TensorRtEngine(folder / f"{graph}.onnx", inputs[0].shape[0], cuda, inputs, outputs, kept, tell=tell, stop=stop)
        engines["paint"] = TensorRtEngine(folder / "paint.onnx", 1, cuda, *PAINT, KEPT_TO_PAINT, tell=tell, stop=stop)
    except BaseException:
        close()
        raise
    return Opened(engines, close)


def open_int8(path: Path, open_engine: Open, known: Int8, stride: int) -> Engine | None:
    """None where the processor gives other numbers than the one that made the graph. Raises ModelError as `open_graph`."""
    engine = open_graph(path, open_engine, stride)
    wanted = np.array(known.probe)
    error = float(np.sqrt(np.square(probe(engine) - wanted).mean()) / max(wanted.std(), 1e-9))
    if error <= TOLERANCE:
        return engine
    log.warning("%s: int8 is %.0f %% off on this processor, or the file is another's; float32 runs instead", path.name, 100 * error)
    return None


def probe(engine: Engine) -> NDArray[np.float64]:
    """PROBED values of the first frame of the first output when every input is a wave: no stride's length changes them."""
    made = engine.infer(wave_feed(engine))[engine.outputs[0].name][0]
    return made.ravel()[:: made.size // PROBED][:PROBED].astype(np.float64)


def wave_feed(engine: Engine) -> dict[str, NDArray[Any]]:
    """Numbers of every input's shape, the same on every machine: -1 to 1, in bytes 0 to 255."""

    def wave(argument: Argument) -> NDArray[Any]:
        values = np.sin(0.37 * np.arange(np.prod(argument.shape))).reshape(argument.shape)
        return (127.5 * (1 + values) if argument.dtype == np.uint8 else values).astype(argument.dtype)

    return {argument.name: wave(argument) for argument in engine.inputs}


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


def open_graph(path: Path, open_engine: Open, stride: int = STRIDE) -> Engine:
    """stride: the frames that a graph which makes several is loaded for.

    Raises ModelError when the file is missing or the graph is of another shape than CONTRACT's."""
    if not path.is_file():
        raise ModelError(f"{path} is missing: install OSA Cam's models again")
    engine = open_engine(path, stride)
    contract = [[_of_stride(argument, stride) for argument in kind] for kind in CONTRACT[path.name.split(".")[0]]]
    for kind, wanted, found in zip(("input", "output"), contract, (engine.inputs, engine.outputs), strict=True):
        have = {argument.name: argument for argument in found}
        for argument in wanted:
            if argument.name not in have or not _fits(have[argument.name], argument):
                raise ModelError(f"{path}: {kind} should be {argument}, the file has {have.get(argument.name, 'none of that name')}")
        if extra := have.keys() - {argument.name for argument in wanted}:
            raise ModelError(f"{path}: {kind} {sorted(extra)[0]!r} is not in docs/graphs.md")
    return engine


def no_past(denoise: Engine) -> tuple[Array, ...]:
    """What a denoiser is given as past16 and past8 before the first frame."""
    return tuple(np.zeros(argument.shape, argument.dtype) for argument in denoise.inputs if argument.name.startswith("past"))


def _fits(found: Argument, wanted: Argument) -> bool:
    return (
        found.dtype == wanted.dtype
        and len(found.shape) == len(wanted.shape)
        and all(size in (ANY, have) for have, size in zip(found.shape, wanted.shape, strict=True))
    )


def _of_stride(argument: Argument, stride: int) -> Argument:
    return replace(argument, shape=tuple(stride if size == FRAMES else size for size in argument.shape))
