"""Every string has a German and a Japanese translation, and what ships is made of them."""

import shutil
import subprocess
import sys
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree

import pytest
from osa_cam_ui.language import LANGUAGES, TRANSLATIONS, Interpreter, chosen
from osa_cam_ui.verdicts import reason, templates
from PySide6.QtWidgets import QApplication

from osa_cam.live.check import Check
from osa_cam.live.doctor import VERDICTS

OTHERS = sorted(set(LANGUAGES) - {"en"})
Strings = dict[tuple[str, str], str | None]


def tool(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def strings(path: Path) -> Strings:
    """(context, source) -> translation, None where it is not finished."""
    made: Strings = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            finished = translation is not None and translation.get("type") is None and bool(translation.text)
            made[name, message.findtext("source") or ""] = translation.text if finished and translation is not None else None
    return made


@pytest.fixture(scope="module")
def used(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Strings:
    """What the window says, off its source."""
    out = tmp_path_factory.mktemp("ts") / "used.ts"
    sources = sorted(str(path) for path in (root / "ui").glob("*.py"))
    subprocess.run([tool("pyside6-lupdate"), *sources, "-ts", str(out)], check=True, capture_output=True)
    return strings(out)


@pytest.mark.parametrize("language", OTHERS)
def test_every_string_is_translated(used: Strings, language: str) -> None:
    translated = strings(TRANSLATIONS / f"osa_cam_{language}.ts")
    assert len(used) > 100
    assert not (lacking := [key for key in used if translated.get(key) is None]), f"not in osa_cam_{language}.ts: {lacking}"
    assert not (left := sorted(set(translated) - set(used))), f"no longer used: {left}"


@pytest.mark.parametrize("language", OTHERS)
def test_translations_fill_in_the_same_values(language: str) -> None:
    for (_, source), translation in strings(TRANSLATIONS / f"osa_cam_{language}.ts").items():
        assert fields(source) == fields(translation or ""), source


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_what_ships_is_compiled_of_what_is_read(language: str, tmp_path: Path) -> None:
    made = tmp_path / "made.qm"
    command = [tool("pyside6-lrelease"), "-silent", str(TRANSLATIONS / f"osa_cam_{language}.ts"), "-qm", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    assert made.read_bytes() == (TRANSLATIONS / f"osa_cam_{language}.qm").read_bytes(), "run pyside6-lrelease again"


def test_a_language_that_there_is_not_is_the_desktops_or_english() -> None:
    assert chosen("ja") == "ja"
    assert chosen("xx") in LANGUAGES


def test_the_doctors_verdicts_are_those_that_are_translated() -> None:
    known = {key: said for key, said in VERDICTS.items() if said != "{error}"}
    assert templates() == known


def test_a_verdict_is_told_with_its_values(qapp: QApplication) -> None:
    interpreter = Interpreter(qapp)
    interpreter.speak("de")
    try:
        free = {"free": "0.4", "folder": "/home"}
        check = Check("disk", "warning", "0.4 GB free in /home: a recording may fill it", "", "disk.full", free)
        assert "0.4 GB" in reason(check) and "Aufnahme" in reason(check)
        assert reason(Check("plugin", "ok", "as it says")) == "as it says"
    finally:
        interpreter.close()
