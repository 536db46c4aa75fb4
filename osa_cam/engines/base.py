"""The seam between the pipeline and what runs a network."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import ModelError, ShapeError

Array = NDArray[Any]


@dataclass(frozen=True)
class Argument:
    """One input or output of a graph."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __str__(self) -> str:
        return f"{self.name} {self.dtype} {list(self.shape)}"


def live_threads() -> int:
    """Half of a big machine's cores and both of a small one's: a meeting runs beside us."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(min(cores, 2), min(cores // 2, 8))


def read_graph(path: Path) -> bytes:
    """As bytes: a runtime's own reader fails on some systems when the path holds letters beyond ASCII. Raises ModelError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} can't be read ({error.strerror}): install OSA Cam's models again") from error


def no_graph(path: Path, reason: str) -> ModelError:
    """What a runtime could not load."""
    return ModelError(f"{path} is truncated or no ONNX graph ({reason}): install OSA Cam's models again")


class Engine(Protocol):
    """A loaded graph."""

    @property
    def at_once(self) -> int:
        """So many threads may call `infer` at a time."""
        ...

    @property
    def name(self) -> str:
        """The runtime and its version."""
        ...

    @property
    def precision(self) -> str:
        """float32 or int8: what most of the arithmetic is done in."""
        ...

    @property
    def device(self) -> str:
        """Where it runs, and on how many threads."""
        ...

    @property
    def provider(self) -> str:
        """All three in words that are shown to the user."""
        ...

    @property
    def inputs(self) -> tuple[Argument, ...]: ...

    @property
    def outputs(self) -> tuple[Argument, ...]: ...

    def infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Raises ShapeError when an argument is missing, unknown, or of another shape or type."""
        ...


def check(graph: str, inputs: tuple[Argument, ...], feeds: Mapping[str, Array]) -> None:
    """Raises ShapeError, naming the argument and both shapes."""
    names = {argument.name for argument in inputs}
    if unknown := sorted(feeds.keys() - names):
        raise ShapeError(f"{graph}: no input is called {unknown[0]!r}; it takes {', '.join(map(str, inputs))}")
    for argument in inputs:
        given = feeds.get(argument.name)
        if given is None:
            raise ShapeError(f"{graph}: input {argument} is missing")
        if given.shape != argument.shape or given.dtype != argument.dtype:
            raise ShapeError(f"{graph}: input {argument} was given {given.dtype} {list(given.shape)}")


class CheckedEngine(ABC):
    """Checks the arguments once, then calls `_infer`."""

    at_once = 1

    def __init__(
        self, graph: str, name: str, precision: str, device: str, inputs: tuple[Argument, ...], outputs: tuple[Argument, ...]
    ) -> None:
        self.graph = graph
        self.name = name
        self.precision = precision
        self.device = device
        self.inputs = inputs
        self.outputs = outputs

    @property
    def provider(self) -> str:
        return f"{self.name}, {self.precision}, on {self.device}"

    def infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        check(self.graph, self.inputs, feeds)
        return self._infer(feeds)

    @abstractmethod
    def _infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]: ...
