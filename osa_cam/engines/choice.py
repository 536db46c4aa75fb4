"""Which runtime computes the networks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from osa_cam.engines.base import Engine
from osa_cam.errors import ConfigError, EngineError

log = logging.getLogger(__name__)

ENGINES = ("auto", "onnxruntime", "openvino")
Open = Callable[[Path, int], Engine]


@dataclass(frozen=True)
class Runtime:
    """open: a graph's path and the frames of a stride -> an engine; int8: whether it gains by the graphs in int8."""

    name: str
    open: Open
    int8: bool


def runtime(name: str) -> Runtime:
    """name: one of ENGINES; `auto` takes the fastest that works here and tells the log why not another.

    Raises ConfigError for an unknown one, EngineError for one that does not work here.
    """
    if name not in ENGINES:
        near = get_close_matches(name, ENGINES, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ConfigError(f"no engine is called {name!r}; {hint}choose one of {', '.join(ENGINES)}")
    if name == "onnxruntime":
        return _onnxruntime()
    try:
        from osa_cam.engines.openvino import OpenVinoEngine, has_bfloat16
    except ImportError as error:
        reason = f"OpenVINO is not installed ({error}): pip install 'osa-cam[openvino]'"
        if name == "openvino":
            raise EngineError(reason) from error
    else:
        if name == "openvino" or has_bfloat16():
            return Runtime("openvino", OpenVinoEngine, int8=False)
        reason = "OpenVINO is there, but this processor has no bfloat16, and ONNX Runtime in int8 is faster"
    log.info("ONNX Runtime computes the networks. %s", reason)
    return _onnxruntime()


def _onnxruntime() -> Runtime:
    from osa_cam.engines.onnxruntime import OnnxRuntimeEngine  # loading the runtime takes a tenth of a second

    return Runtime("onnxruntime", OnnxRuntimeEngine, int8=True)
