"""Where the running OSA Cam can be reached, and the token it asks for: a file that only its user can read."""

from __future__ import annotations

import json
import logging
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from osa_cam.errors import ConfigError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Access:
    """url: `http://127.0.0.1:PORT/`, empty while nothing runs; token: stays the same, so that it can be given to other programs."""

    url: str
    token: str


def access_path() -> Path:
    return platformdirs.user_config_path("osa-cam", appauthor=False) / "control.json"


def read_access(path: Path) -> Access | None:
    """None when there is none, or none that can be used."""
    try:
        found = json.loads(path.read_text("utf-8"))
        access = Access(found["url"], found["token"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return access if isinstance(access.url, str) and isinstance(access.token, str) and access.token else None


def token_of(path: Path) -> str:
    """The token there is, or a new one. One that others could have read is not used again."""
    known = read_access(path)
    if known is None:
        return secrets.token_urlsafe(32)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        log.warning("others could read %s: there is a new token now; give it to the programs that use it", path)
        return secrets.token_urlsafe(32)
    return known.token


def write_access(access: Access, path: Path) -> None:
    """Whole or not at all, readable by its user alone. Raises ConfigError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(access), file)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ConfigError(f"the token of the control interface can't be kept in {path}: {error.strerror}; is the disk full?") from error
