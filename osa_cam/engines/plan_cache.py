"""Built engines on disk: found again only where all is as it was when they were built."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from osa_cam.errors import EngineError

log = logging.getLogger(__name__)

MAGIC = b"OSA-CAM-PLAN-1\n"
KEPT = 24  # files: some models, with and without a newer driver
LOCK_POLL_S = 0.2


@dataclass(frozen=True)
class Key:
    """All that an engine depends on. model: SHA-256 of the graph's file; shapes: of inputs and outputs, written out."""

    graph: str
    model: str
    precision: str
    shapes: str
    builder: str  # TensorRT's name and version
    capability: int
    driver: int

    def text(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode()

    def file(self, suffix: str) -> str:
        return f"{self.graph}-{hashlib.sha256(self.text()).hexdigest()[:24]}.{suffix}"


class PlanCache:
    """folder: None for the user's cache. A folder that can't be used costs time, never a run."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or platformdirs.user_cache_path("osa-cam", appauthor=False) / "tensorrt"

    def get(self, key: Key, suffix: str = "plan") -> bytes | None:
        """None when it is not there, broken, or another's; a broken one is removed."""
        path = self.folder / key.file(suffix)
        try:
            held = path.read_bytes()
        except OSError:
            return None
        told = key.text()
        head = MAGIC + len(told).to_bytes(4, "little") + told
        content = held[len(head) + 32 :]
        if held.startswith(head) and held[len(head) :][:32] == hashlib.sha256(content).digest():
            with suppress(OSError):
                os.utime(path)  # the least used is what goes first
            return content
        log.warning("%s is broken or was built elsewhere; it is built anew", path)
        self.forget(key, suffix)
        return None

    def put(self, key: Key, content: bytes, suffix: str = "plan") -> None:
        """Whole or not at all. A full or read-only disk is told to the log: then the next start builds again."""
        path = self.folder / key.file(suffix)
        part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        told = key.text()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(MAGIC + len(told).to_bytes(4, "little") + told + hashlib.sha256(content).digest() + content)
            os.replace(part, path)
            self._prune()
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            log.warning("the engine can't be kept in %s (%s): it is built again at the next start", self.folder, error.strerror)

    def forget(self, key: Key, suffix: str = "plan") -> None:
        with suppress(OSError):
            (self.folder / key.file(suffix)).unlink()

    @contextmanager
    def building(self, key: Key, stop: threading.Event, tell: Callable[[str], None]) -> Iterator[None]:
        """One process at a time builds an engine; who waited finds it in the cache. Raises EngineError when stopped while waiting."""
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / key.file("lock"))
            while True:
                try:
                    lock.acquire(timeout=0)
                    break
                except Timeout:
                    tell("another OSA Cam is building the engine")
                    if stop.wait(LOCK_POLL_S):
                        raise EngineError("the building of the engine was ended") from None
        except OSError as error:
            log.info("%s can't be locked (%s)", self.folder, error.strerror)
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def _prune(self) -> None:
        found = sorted(
            (path for path in self.folder.iterdir() if path.suffix in (".plan", ".kernels")), key=lambda path: path.stat().st_mtime
        )
        for path in found[:-KEPT]:
            with suppress(OSError):
                path.unlink()
