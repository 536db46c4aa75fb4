"""Sets that are drawn while they are trained on: nobody comes again, and nothing lies on disk but how to draw them.

A stream's folder holds `set.json` alone (`osa-cam train data --stream`). `rows_of` reads it as it reads a drawn set.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from osa_cam.errors import TrainingError
from osa_cam.synth.sets import Arrays, SetConfig, indices, open_set, read_status, shapes, write_status

Draw = Callable[[SetConfig, int], Arrays]

_RENEWED = 0.25  # share of the kept items that are new in each pass over them
_END_S = 1.0  # that a process has to end by itself
_NUMBERS = 500_000  # below which streams begin: as many people are left to go on with
_AT_ONCE = 48  # items kept, of 15 MB each


def draw_item(config: SetConfig, item: int) -> Arrays:
    """As `datasets.draw_item`, which is imported where it draws: who reads a drawn set needs no Skia and no OpenGL."""
    from osa_cam.synth import datasets

    return datasets.draw_item(config, item)


class ItemStream:
    """Items of a set in the order of their numbers, drawn ahead by processes; the same as in a drawn set of the same seed.

    Each process draws one item ahead and waits until it is taken, so that no more than `workers` wait.
    """

    def __init__(self, config: SetConfig, workers: int, first: int = 0, draw: Draw = draw_item) -> None:
        """first: number of the first item; draw: a function of a module, since fresh processes call it."""
        spawn = multiprocessing.get_context("spawn")  # a fork would copy the locks of whatever threads run here
        self._pipes: list[Connection] = []
        self._processes = []
        self._turn = 0
        for worker in range(workers):
            ours, theirs = spawn.Pipe(duplex=False)
            process = spawn.Process(target=_work, args=(theirs, config, first + worker, workers, draw), daemon=True)
            process.start()
            theirs.close()  # or its end would not be seen here
            self._pipes.append(ours)
            self._processes.append(process)

    def take(self) -> Arrays:
        """The next item. Raises TrainingError when it can't be drawn."""
        pipe = self._pipes[self._turn % len(self._pipes)]
        self._turn += 1
        try:
            drawn: Arrays | str = pipe.recv()
        except EOFError as error:
            raise TrainingError("A process that draws ended. Where it said nothing, memory is short: fewer --workers help.") from error
        if isinstance(drawn, str):
            raise TrainingError(drawn)
        return drawn

    def close(self) -> None:
        """Ends the processes, within two seconds; again: nothing."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(_END_S)
            if process.is_alive():
                process.kill()
        self._pipes, self._processes = [], []


def _work(pipe: Connection, config: SetConfig, first: int, step: int, draw: Draw) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the training's; it ends us
    item = first
    while True:
        try:
            drawn: Arrays | str = draw(config, item)
        except TrainingError as error:
            drawn = str(error)
        try:
            pipe.send(drawn)
        except OSError:  # nobody listens any more
            return
        item += step


def write_stream(folder: Path, config: SetConfig, workers: int) -> Path:
    """Writes what to draw; config.items, or 48 if it is more, are kept at once. Raises TrainingError where a drawn set lies already."""
    status = read_status(folder)
    if status is not None and "done" in status:
        raise TrainingError(f"{folder} holds a drawn set: choose another folder or delete it.")
    folder.mkdir(parents=True, exist_ok=True)
    kept = replace(config, items=min(config.items, _AT_ONCE))
    write_status(folder, {"config": asdict(kept), "workers": workers})
    return folder


def rows_of(folder: Path, rng: np.random.Generator, draw: Draw = draw_item) -> tuple[Arrays, Iterator[int]]:
    """The arrays of a set, drawn or streamed, and an endless order in which to read their rows.

    Of a stream the arrays hold the latest items. In each pass the quarter that was read first in the last one gives way to new people, so a
    row stays as it is until three quarters of the others have been read. The same rng gives the same rows, whatever the number of workers.
    Raises TrainingError where there is no set or an item can't be drawn.
    """
    status = read_status(folder)
    if status is None or "done" in status:
        arrays = open_set(folder)
        return arrays, indices(rng, len(arrays["reference"]))
    config = SetConfig(**status["config"])
    arrays = {name: np.zeros(shape, kind) for name, (shape, kind) in shapes(config).items()}
    return arrays, _stream(arrays, config, status["workers"], rng, draw)


def _stream(arrays: Arrays, config: SetConfig, workers: int, rng: np.random.Generator, draw: Draw) -> Iterator[int]:
    stream = ItemStream(config, workers, int(rng.integers(_NUMBERS)), draw)
    renewed = list(range(config.items))
    try:
        while True:
            for row in renewed:
                for name, values in stream.take().items():
                    arrays[name][row] = values
            order = rng.permutation(config.items).tolist()
            yield from order
            renewed = order[: round(_RENEWED * config.items)]
    finally:
        stream.close()
