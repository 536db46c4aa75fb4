"""What the program's own terms are called in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def state(name: str) -> str:
    """name: idle, starting, live, muted or problem."""
    translate = QCoreApplication.translate
    return {
        "idle": translate("words", "Not live"),
        "starting": translate("words", "Starting…"),
        "live": translate("words", "Live"),
        "muted": translate("words", "Live, muted"),
        "problem": translate("words", "Problem"),
    }[name]


def expressions() -> dict[str, str]:
    """The setting's value -> its name."""
    translate = QCoreApplication.translate
    return {
        "neutral": translate("words", "Neutral"),
        "happy": translate("words", "Happy"),
        "sad": translate("words", "Sad"),
        "angry": translate("words", "Angry"),
        "surprised": translate("words", "Surprised"),
    }


def check(name: str) -> str:
    """A check of the doctor's; one that is new here keeps its own name."""
    translate = QCoreApplication.translate
    known = {
        "microphone": translate("words", "Microphone"),
        "virtual camera": translate("words", "Virtual camera"),
        "model": translate("words", "Model"),
        "engine": translate("words", "Speed"),
        "disk": translate("words", "Disk space"),
    }
    return known.get(name, name.capitalize())


def verdict(name: str) -> str:
    """name: ok, warning or failed."""
    translate = QCoreApplication.translate
    return {
        "ok": translate("words", "Good"),
        "warning": translate("words", "Could be better"),
        "failed": translate("words", "Needs fixing"),
    }[name]


def action(key: str) -> str:
    """key: of `actions.KEYS`."""
    translate = QCoreApplication.translate
    return {
        "live": translate("words", "Go live or end"),
        "mute": translate("words", "Mute or unmute"),
        "record": translate("words", "Start or stop recording"),
        "snapshot": translate("words", "Take a snapshot"),
        "quit": translate("words", "Quit"),
    }[key]
