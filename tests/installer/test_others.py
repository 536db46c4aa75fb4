"""Windows and macOS, as far as they can be tried on another system."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path

import pytest

from installer.freeze import ROOT, version
from installer.macos import dmg
from installer.windows import setup

SECTIONS = {"Setup", "Languages", "CustomMessages", "Tasks", "InstallDelete", "Files", "Icons", "Registry", "Run", "Code"}


@pytest.fixture(scope="module")
def sections() -> dict[str, list[str]]:
    """Section of osa-cam.iss -> its lines, without comments; "" holds the preprocessor's."""
    found: dict[str, list[str]] = {"": []}
    now = ""
    for line in setup.SCRIPT.read_text("utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            now = match[1]
            found[now] = []
        elif line and not line.startswith(";"):
            found[now].append(line)
    return found


def test_windows_script_has_known_sections_and_entries(sections: dict[str, list[str]]) -> None:
    assert set(sections) - {""} == SECTIONS
    for section in SECTIONS - {"Setup", "CustomMessages", "Code"}:
        for line in sections[section]:
            assert re.fullmatch(r'\w+: ("[^"]*"|[^";]+)(; \w+: ("([^"]|"")*"|[^";]+))*', line), f"[{section}] {line}"
    for section in ("Setup", "CustomMessages"):
        assert all(re.fullmatch(r"[\w.]+=.+", line) for line in sections[section])


def test_windows_script_takes_all_that_the_builder_gives(sections: dict[str, list[str]]) -> None:
    given = {
        argument[2:].partition("=")[0]: argument.partition("=")[2]
        for argument in setup.command(Path("frozen"), Path("out"))
        if argument.startswith("/D")
    }
    used = set(re.findall(r"\{#(\w+)\}", setup.SCRIPT.read_text("utf-8")))
    assert used == set(given)
    assert given["Version"] == version()
    assert "AppVersion={#Version}" in sections["Setup"]


def test_windows_script_packs_files_that_exist(sections: dict[str, list[str]]) -> None:
    named = re.findall(r'(?:Source: "|LicenseFile=)(\.\.[^"\n]+)', setup.SCRIPT.read_text("utf-8"))
    assert len(named) == 2
    for name in named:
        assert (setup.SCRIPT.parent / name.replace("\\", "/")).is_file(), name


def test_windows_script_defines_what_it_calls(sections: dict[str, list[str]]) -> None:
    code = "\n".join(sections["Code"])
    defined = set(re.findall(r"(?:function|procedure) (\w+)", code))
    entries = "\n".join(sections["Registry"])
    called = set(re.findall(r"Check: (\w+)", entries)) | set(re.findall(r"\{code:(\w+)\}", entries))
    assert called and called <= defined
    assert code.count("begin") + code.count("case ") == len(re.findall(r"\bend;", code))
    tasks = set(re.findall(r'Name: "(\w+)"', "\n".join(sections["Tasks"])))
    assert set(re.findall(r"Tasks: (\w+)", setup.SCRIPT.read_text("utf-8"))) == tasks


def test_windows_starts_with_the_system_as_the_program_writes_it(sections: dict[str, list[str]]) -> None:
    """The installer clears away the very value that the setting writes."""
    source = (ROOT / "ui" / "autostart.py").read_text("utf-8")
    key = re.search(r'RUN_KEY = r"HKEY_CURRENT_USER\\(.+)"', source)
    name = re.search(r'NAME = "(.+)"', source)
    assert key and name
    assert any(f'Subkey: "{key[1]}"; ValueName: "{name[1]}"' in line and "uninsdeletevalue" in line for line in sections["Registry"])


def test_macos_bundle_says_why_it_listens() -> None:
    keys = plistlib.loads((dmg.HERE / "Info.plist").read_bytes())
    assert "microphone" in keys["NSMicrophoneUsageDescription"]
    assert "OBS" in keys["NSCameraUsageDescription"]
    claimed = plistlib.loads((dmg.HERE / "entitlements.plist").read_bytes())
    assert claimed["com.apple.security.device.audio-input"] is True


def test_macos_image_holds_the_signed_app_and_applications(tmp_path: Path) -> None:
    run = dmg.commands(Path("OSA Cam.app"), tmp_path / "x.dmg", tmp_path, "Developer ID Application: Somebody")
    sign, verify, copy, link, pack = run
    assert sign[0] == "codesign" and "runtime" in sign and str(dmg.HERE / "entitlements.plist") in sign
    assert verify[:2] == ["codesign", "--verify"]
    assert copy[2] == str(tmp_path / "OSA Cam.app") and link[2] == "/Applications"
    assert pack[:2] == ["hdiutil", "create"] and f"OSA Cam {version()}" in pack
    assert "runtime" not in dmg.commands(Path("a"), tmp_path, tmp_path, dmg.AD_HOC)[0], "the hardened runtime needs a real identity"
