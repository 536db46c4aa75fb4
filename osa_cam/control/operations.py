"""What the control interface can do: one line each, from which the routes and the OpenAPI document are made."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from osa_cam.audio.devices import devices, outputs
from osa_cam.avatars.library import manifests
from osa_cam.camera.virtual import loopbacks
from osa_cam.errors import ConfigError
from osa_cam.live.plugins import avatars_of
from osa_cam.live.settings import Settings
from osa_cam.live.studio import Status, Studio


class Mute(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    muted: bool | None = Field(default=None, description="left out: the other way round")


class Written(BaseModel):
    path: str = Field(description="the file")


class AvatarEntry(BaseModel):
    id: str = Field(description="what the setting `avatar` takes")
    name: str
    style: str
    licence: str


class Devices(BaseModel):
    microphones: list[str] = Field(description="what the setting `microphone` takes")
    outputs: list[str] = Field(description="what the setting `delayed_microphone` takes")
    cameras: list[str] = Field(description="what the setting `camera` takes, beside auto, web and null")


@dataclass(frozen=True)
class Operation:
    """takes: the body's model, None for no body; whatever a model leaves out may be left out. gives: the type of the answer."""

    method: str
    path: str
    summary: str
    run: Callable[[Studio, Any], Any]
    gives: TypeAdapter[Any]
    takes: type[BaseModel] | None = None

    @property
    def id(self) -> str:
        return f"{self.method.lower()}_{self.path.rpartition('/')[2].replace('-', '_')}"


def _start(studio: Studio, body: None) -> Status:
    studio.start()
    return studio.status()


def _stop(studio: Studio, body: None) -> Status:
    studio.stop()
    return studio.status()


def _mute(studio: Studio, body: Mute) -> Status:
    studio.mute(not studio.status().muted if body.muted is None else body.muted)
    return studio.status()


def _change(studio: Studio, body: Settings) -> Settings:
    studio.change(**body.model_dump(include=body.model_fields_set))
    return studio.settings


def _record(studio: Studio, body: None) -> Written:
    path = _new_file(platformdirs.user_videos_path(), ".mp4")
    studio.record(path)
    return Written(path=str(path))


def _snapshot(studio: Studio, body: None) -> Written:
    path = _new_file(platformdirs.user_pictures_path(), ".png")
    studio.snapshot(path)
    return Written(path=str(path))


def _avatars(studio: Studio, body: None) -> list[AvatarEntry]:
    found = [AvatarEntry(id=key, name=one.name, style=one.style, licence=one.licence) for key, one in manifests().items()]
    return found + [AvatarEntry(id=key, name=name, style="plugin", licence="") for key, name in avatars_of(studio.plugins).items()]


def _devices(studio: Studio, body: None) -> Devices:
    cameras = list(loopbacks().values()) if sys.platform == "linux" else []
    return Devices(microphones=list(map(str, devices())), outputs=list(map(str, outputs())), cameras=cameras)


def _new_file(folder: Path, suffix: str) -> Path:
    """A name that tells when, in the user's own folder: who controls us never names a file that could be replaced."""
    folder = folder / "OSA Cam"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder} can't be made: {error.strerror}; is the disk full?") from error
    named = datetime.now().astimezone().strftime("%Y-%m-%d %H-%M-%S")
    names = (named if n == 1 else f"{named} ({n})" for n in range(1, 1000))
    return next(path for name in names if not (path := folder / f"{name}{suffix}").exists())


STATUS = TypeAdapter(Status)
WRITTEN = TypeAdapter(Written)
SETTINGS = TypeAdapter(Settings)

OPERATIONS = (
    Operation("GET", "/v1/status", "What is going on.", lambda studio, body: studio.status(), STATUS),
    Operation("POST", "/v1/start", "Start the camera.", _start, STATUS),
    Operation("POST", "/v1/stop", "Stop the camera.", _stop, STATUS),
    Operation("POST", "/v1/mute", "Mute, or be heard again.", _mute, STATUS, Mute),
    Operation("GET", "/v1/settings", "All settings.", lambda studio, body: studio.settings, SETTINGS),
    Operation("PATCH", "/v1/settings", "Change some: avatar, expression, liveliness, background, badge, ...", _change, SETTINGS, Settings),
    Operation("POST", "/v1/record", "Record into a new file in the user's videos.", _record, WRITTEN),
    Operation("POST", "/v1/stop-recording", "End the recording.", lambda studio, body: Written(path=str(studio.stop_recording())), WRITTEN),
    Operation("POST", "/v1/snapshot", "Write a picture, transparency kept, into the user's pictures.", _snapshot, WRITTEN),
    Operation("GET", "/v1/avatars", "The avatars there are.", _avatars, TypeAdapter(list[AvatarEntry])),
    Operation("GET", "/v1/devices", "Microphones and virtual cameras.", _devices, TypeAdapter(Devices)),
)
