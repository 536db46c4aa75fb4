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
        "picture": translate("words", "Size of the picture"),
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
        "expression": translate("words", "Next expression"),
        "record": translate("words", "Start or stop recording"),
        "snapshot": translate("words", "Take a snapshot"),
        "quit": translate("words", "Quit"),
    }[key]


def key_problem(name: str) -> str:
    """Why a hotkey does nothing; name: of `keys.Problem`."""
    translate = QCoreApplication.translate
    return {
        "unknown": translate("words", "This key can't be used in other programs. Choose another one."),
        "typed": translate("words", "You could no longer type with this key. Add Ctrl or Alt, or choose a function key."),
        "twice": translate("words", "Another action has this key already. Choose another one."),
        "taken": translate("words", "Another program has this key already. Choose another one."),
        "refused": translate("words", "Your desktop gave no key for this. Look into its keyboard settings, or choose another one."),
    }[name]


def handle(part: str, index: int) -> str:
    """A point of `handle_editor.KNOBS`, for screen readers."""
    translate = QCoreApplication.translate
    named = {
        "left_eye": translate("words", "Left eye"),
        "right_eye": translate("words", "Right eye"),
        "left_brow": translate("words", "Left brow"),
        "right_brow": translate("words", "Right brow"),
        "nose": translate("words", "Nose"),
        "mouth": translate("words", "Mouth"),
        "jaw": translate("words", "Jaw"),
        "head": translate("words", "Outline of the head"),
    }[part]
    return translate("words", "{part}, point {number}").format(part=named, number=index + 1)


def styles() -> dict[str, str]:
    """How a picture is drawn: the value in a pack -> its name."""
    translate = QCoreApplication.translate
    return {
        "photo": translate("words", "Photo"),
        "painted": translate("words", "Painting"),
        "anime": translate("words", "Anime"),
        "cel": translate("words", "Cartoon"),
        "soft": translate("words", "Soft drawing"),
        "pencil": translate("words", "Pencil"),
        "other": translate("words", "Something else"),
    }
