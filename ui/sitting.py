"""A picture on its way to becoming an avatar: where its face is, how it is cut, who it shows. Nothing of it needs a window."""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from osa_cam.errors import AvatarError, OsaCamError
from osa_cam.media import PICTURE_SIZE

from .errand import Errand

if TYPE_CHECKING:
    from osa_cam.avatars.handles import Handles
    from osa_cam.avatars.picture import Face

log = logging.getLogger(__name__)

ENDS_WITHIN_S = 8.0  # of a picture of 40 megapixels
MOST_PIXELS_SHOWN = 1600  # a side; more is no use in a window
GUESSED_FACE = 0.45  # of the picture's shorter side, where no face is found


class Sitting(QObject):
    """Reads, finds and cuts on a thread of its own. Signals: `read` (the picture and its faces are there), `framed` (reference and
    handles are there), `failed` (why not)."""

    read = Signal()
    framed = Signal()
    failed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.picture: NDArray[np.uint8] | None = None  # straight RGBA
        self.found: list[Face] = []
        self.face: Face | None = None
        self.reference: NDArray[np.uint8] | None = None  # straight RGBA [512, 512, 4]
        self.handles: Handles | None = None
        self.guessed = False  # the handles are only what faces are like
        self._errand = Errand("sitting", ENDS_WITHIN_S)

    @property
    def busy(self) -> bool:
        return self._errand.running

    def close(self) -> None:
        self._errand.close()

    def open(self) -> None:
        self._run(self._read)

    def frame(self, face: Face, without_background: bool) -> None:
        self.face = face
        self._run(partial(self._frame, face, without_background))

    def _run(self, work: Callable[[], Signal]) -> None:
        def body(stop: threading.Event) -> None:
            try:
                done = work()
            except OsaCamError as error:
                if not stop.is_set():
                    self.failed.emit(str(error))
            except Exception as error:
                log.exception("a picture failed")
                self.failed.emit(str(error))
            else:
                if not stop.is_set():
                    done.emit()  # type: ignore[attr-defined]

        self._errand.start(body)

    def _read(self) -> Any:
        from osa_cam.avatars.face import find_faces
        from osa_cam.avatars.picture import Face, read_rgba

        picture = read_rgba(self.path)
        try:
            self.found = [found.face for found in find_faces(picture)]
        except AvatarError as error:  # without the detector the hand is left
            log.warning("%s", error)
        height, width = picture.shape[:2]
        guess = Face(width / 2, 0.4 * height, GUESSED_FACE * min(width, height))
        self.picture, self.face = picture, self.found[0] if self.found else guess
        return self.read

    def _frame(self, face: Face, without_background: bool) -> Any:
        from osa_cam.avatars.cutout import cut_out
        from osa_cam.avatars.face import handles_in
        from osa_cam.avatars.picture import crop, scale

        assert self.picture is not None
        reference = scale(crop(self.picture, face), PICTURE_SIZE)
        try:
            handles = handles_in(reference)
        except AvatarError as error:
            log.warning("%s", error)
            handles = None
        if without_background:
            reference = cut_out(reference)
        self.guessed = handles is None
        self.reference, self.handles = reference, handles or usual_handles()
        return self.framed


def usual_handles() -> Handles:
    """Where a face mostly is in a portrait that is framed as ours are."""
    from osa_cam.avatars.handles import Handles

    return Handles.from_face((210, 225), (302, 225), (256, 315))


def save(reference: NDArray[np.uint8], handles: Handles | None, about: dict[str, str], consent: tuple[str, str] | None) -> str:
    """Makes a pack and installs it; returns its id. about: name, author, licence, style; consent: the person and what was agreed to, None
    where nobody real is shown. Raises AvatarError."""
    from pydantic import ValidationError

    from osa_cam.avatars.create import id_of, make_pack
    from osa_cam.avatars.library import install, packs
    from osa_cam.avatars.manifest import AvatarManifest, explain

    try:
        first = id_of(about["name"])
    except AvatarError:  # a name in another script: its avatar is called by a number
        first = "avatar"
    known = packs()
    own = next(name for k in range(1, len(known) + 2) if (name := first if k == 1 else f"{first[:36]}-{k}") not in known)
    agreed = None if consent is None else {"person": consent[0], "statement": consent[1], "date": datetime.date.today()}
    fields = {
        **about,
        "id": own,
        "version": "1.0.0",
        "real_person": agreed is not None,
        "consent": agreed,
        "handles": None if handles is None else handles.to_dict(),
    }
    try:
        manifest = AvatarManifest.model_validate(fields)
    except ValidationError as error:
        raise AvatarError(explain(error)) from error
    install(make_pack(reference, manifest))
    return own
