"""A name plate and a frame on the picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from osa_cam.errors import ConfigError
from osa_cam.hooks import Finding, hookimpl
from osa_cam_overlay.drawing import Look, Overlay, Picture, parse_colour

KEYS = {"name": str, "title": str, "accent": str, "corner": str, "frame": bool}

_hidden = False


@hookimpl
def frame_filters(settings: Mapping[str, Any]) -> dict[str, Callable[[Picture, float], Picture]]:
    look = read(settings)
    overlay_of = lru_cache(maxsize=2)(lambda height, width: Overlay(look, height, width))

    def draw(picture: Picture, time_s: float) -> Picture:
        if _hidden:
            return picture
        return overlay_of(*picture.shape[:2]).over(picture)

    return {"overlay": draw}


@hookimpl
def menu_actions() -> dict[str, Callable[[], None]]:
    return {"Overlay: show or hide": _toggle}


@hookimpl
def doctor_checks(settings: Mapping[str, Any]) -> dict[str, Callable[[], Finding]]:
    def check() -> Finding:
        look = read(settings)
        if not (look.name or look.frame):
            fix = 'name = "Your name"   # into the file overlay.toml, where osa-cam plugins list says'
            return Finding("warning", "it has nothing to show: neither a name nor a frame", fix)
        return Finding("ok", ", ".join([*([f"{look.name!r}"] if look.name else []), *(["a frame"] if look.frame else [])]))

    return {"overlay": check}


def read(settings: Mapping[str, Any]) -> Look:
    """Raises ConfigError, naming the line."""
    for key, value in settings.items():
        if key not in KEYS:
            raise ConfigError(f"overlay.toml: there is no {key}; known are {', '.join(KEYS)}")
        if not isinstance(value, KEYS[key]):
            raise ConfigError(f"overlay.toml: {key} is {value!r}: write {'true or false' if KEYS[key] is bool else 'a text in quotes'}")
    corner = settings.get("corner", "left")
    if corner not in ("left", "right"):
        raise ConfigError(f"overlay.toml: corner is {corner!r}: left or right")
    return Look(
        name=settings.get("name", "").strip(),
        title=settings.get("title", "").strip(),
        accent=parse_colour(settings.get("accent", "#e07a5f")),
        right=corner == "right",
        frame=settings.get("frame", False),
    )


def _toggle() -> None:
    global _hidden
    _hidden = not _hidden
