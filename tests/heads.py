"""Whether people in three dimensions can be drawn here."""

import importlib.util

import pytest

from osa_cam.errors import TrainingError
from osa_cam.synth.head3d.base import INSTALL
from osa_cam.synth.head3d.draw import context


def missing() -> str:
    """Why nobody can be drawn here, or nothing."""
    if importlib.util.find_spec("anny") is None:
        return f"no package anny: {INSTALL}"
    try:
        context()
    except TrainingError as error:
        return str(error)
    return ""


drawn = pytest.mark.skipif(bool(missing()), reason=missing())
