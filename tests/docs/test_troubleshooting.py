"""docs/troubleshooting.md: every verdict of the doctor that is not well has a line, in its own words."""

from __future__ import annotations

import re

import pytest

from osa_cam.live.doctor import VERDICTS
from tests.conftest import ROOT

BAD = sorted(name for name in VERDICTS if not name.endswith(".ok"))


def lines() -> dict[str, str]:
    """A verdict's id -> what the page says that the doctor says."""
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    return {name: said for said, name in re.findall(r"^\| (.+?) \(`([a-z]+\.[a-z_]+)`\) \| \S.+ \|$", page, re.MULTILINE)}


@pytest.mark.parametrize("name", BAD)
def test_every_verdict_is_explained(name: str) -> None:
    assert name in lines(), "docs/troubleshooting.md has no line for it"
    assert lines()[name] == re.sub(r"\{[^}]*\}", "…", VERDICTS[name])


def test_no_other_verdict_is_explained() -> None:
    assert sorted(lines()) == BAD
    assert len(BAD) > 20
