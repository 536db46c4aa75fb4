"""Which runtime computes the networks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from osa_cam.engines.base import Engine
from osa_cam.errors import ConfigError, EngineError

log = logging.getLogger(__name__)

ENGINES = ("auto", "onnxruntime", "openvino", "tensorrt", "cuda", "directml", "coreml")
PROVIDERS = {  # ONNX Runtime's own, and where they are to be had
    "cuda": ("CUDAExecutionProvider", "Linux and Windows with an NVIDIA card: pip install onnxruntime-gpu in place of onnxruntime"),
    "directml": ("DmlExecutionProvider", "Windows: pip install onnxruntime-directml in place of onnxruntime"),
    "coreml": ("CoreMLExecutionProvider", "macOS, where onnxruntime has it"),
}
FASTEST = ("tensorrt", "openvino", "onnxruntime")  # what auto tries, in this order
Open = Callable[[Path, int], Engine]


@dataclass(frozen=True)
class Runtime:
    """open: a graph's path and the frames of a stride -> an engine; open_pair: for a graph that two threads run at a time; int8: whether
    it gains by the graphs in int8; gpu: with TensorRT."""

    name: str
    open: Open
    open_pair: Open
    int8: bool
    gpu: bool = False


def runtime(name: str) -> Runtime:
    """name: one of ENGINES; `auto` takes the fastest that works here and tells the log why not another.

    Raises ConfigError for an unknown one, EngineError for one that does not work here.
    """
    if name not in ENGINES:
        near = get_close_matches(name, ENGINES, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ConfigError(f"no engine is called {name!r}; {hint}choose one of {', '.join(ENGINES)}")
    if name != "auto":
        return _OPENERS[name]()
    for candidate in FASTEST:
        try:
            return _worth_it(candidate)
        except EngineError as error:
            log.info("not %s: %s", candidate, error)
    raise EngineError("no engine works on this machine: pip install --force-reinstall onnxruntime")


def why_not(name: str) -> str | None:
    """Why `auto` would not take this engine here; None when it works and is worth it."""
    try:
        _worth_it(name)
    except EngineError as error:
        return str(error)
    return None


def _worth_it(name: str) -> Runtime:
    """Raises EngineError, too, where an engine works but another one is faster."""
    found = _OPENERS[name]()
    if name == "openvino":
        from osa_cam.engines.openvino import has_bfloat16

        if not has_bfloat16():
            raise EngineError("it works, but this processor has no bfloat16, and ONNX Runtime in int8 is faster")
    return found


def working() -> tuple[str, ...]:
    """The engines that can be chosen on this machine."""
    found = []
    for name in ENGINES[1:]:
        try:
            _OPENERS[name]()
        except EngineError:
            continue
        found.append(name)
    return tuple(found)


def _onnxruntime() -> Runtime:
    from osa_cam.engines.onnxruntime import OnnxRuntimeEngine  # loading the runtime takes a tenth of a second

    return Runtime("onnxruntime", OnnxRuntimeEngine, partial(OnnxRuntimeEngine, at_once=2), int8=True)


def _provider(name: str) -> Runtime:
    import onnxruntime as ort  # type: ignore[import-untyped]

    from osa_cam.engines.onnxruntime import OnnxRuntimeEngine

    provider, where = PROVIDERS[name]
    if provider not in ort.get_available_providers():
        raise EngineError(f"this ONNX Runtime has no {provider}. It is for {where}")
    opener = partial(OnnxRuntimeEngine, provider=provider)
    return Runtime(name, opener, opener, int8=False)


def _openvino() -> Runtime:
    try:
        from osa_cam.engines.openvino import OpenVinoEngine
    except ImportError as error:
        raise EngineError(f"OpenVINO is not installed ({error}): pip install 'osa-cam[openvino]'") from error
    return Runtime("openvino", OpenVinoEngine, partial(OpenVinoEngine, at_once=2), int8=False)


def _tensorrt() -> Runtime:
    """The processor's runtime computes while TensorRT's engines are being built."""
    from osa_cam.engines.cuda import Cuda
    from osa_cam.engines.tensorrt import load_tensorrt

    load_tensorrt()
    Cuda().close()
    try:
        beside = _worth_it("openvino")
    except EngineError:
        beside = _onnxruntime()
    return Runtime("tensorrt", beside.open, beside.open_pair, beside.int8, gpu=True)


_OPENERS: dict[str, Callable[[], Runtime]] = {
    "onnxruntime": _onnxruntime,
    "openvino": _openvino,
    "tensorrt": _tensorrt,
    **{name: partial(_provider, name) for name in PROVIDERS},
}
