"""Every command and every code block of the documentation works as it stands."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from osa_cam.avatars.library import manifests
from osa_cam.avatars.pack import read_pack
from osa_cam.camera.virtual import LOAD
from tests.conftest import ROOT
from tests.docs import blocks as documents
from tests.docs.blocks import LANGUAGES, Block, blocks
from tests.docs.commands import check, find, options
from tests.docs.desk import Desk

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytest.importorskip("torch", reason="the commands of `osa-cam train` can't be read without the extra `train`")

LOG = ROOT / "docs" / "training-log.md"  # what was typed then, not what is to be typed
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SYSTEM = {"apt-get", "curl", "tensorboard"}  # ours to name, not to check

CARDS = [
    ROOT / "installer" / "README.md",
    ROOT / "osa_cam" / "assets" / "README.md",
    *(ROOT / "osa_cam" / "assets").rglob("models/*/README.md"),
]
ELSEWHERE = sorted([*CARDS, *(ROOT / "plugins").glob("*/README.md")])

page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@page
def test_every_block_is_of_a_kind_that_is_tested(page: Path) -> None:
    for block in blocks(page):
        assert block.language in LANGUAGES, f"line {block.line}: {block.language!r} is none of {sorted(LANGUAGES)}"
    assert documents.outside(page).count("```") == 0, "a block that does not end"


@page
def test_no_command_stands_outside_of_a_block(page: Path) -> None:
    if page not in (LOG, ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        bare = re.findall(r"^ {4,}(?:osa-cam|python|pip|sudo|make|curl|pactl|\.venv/bin/\S+) .*$", documents.outside(page), re.MULTILINE)
        assert not bare, "write it as ```console"


@page
def test_every_command_in_a_sentence_exists(page: Path) -> None:
    """A sentence may leave out what a command needs, but not name what it does not take."""
    if page == LOG:
        return
    for words in documents.spans(page):
        exists(words)


def exists(words: list[str]) -> None:
    """words: `osa-cam` and what follows, with placeholders in capitals."""
    command, left = find([word for word in words[1:] if not (word.isupper() or word == "...")])
    taken = options(command)
    for word in left:
        assert not word.startswith("--") or word in taken, f"{' '.join(words)}: takes no {word}"


@pytest.mark.parametrize("page", ELSEWHERE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_another_readme_exists(page: Path) -> None:
    bare = re.findall(r"^ {4}osa-cam (.+)$", page.read_text("utf-8"), re.MULTILINE)
    for words in [*documents.spans(page), *(["osa-cam", *line.partition("#")[0].split()] for line in bare)]:
        exists(words)


@page
def test_every_command_in_a_block_is_taken(page: Path) -> None:
    for block in blocks(page):
        if block.language in ("console", "powershell"):
            for words in block.commands():
                look_at(words, block)


def look_at(words: list[str], block: Block) -> None:
    """Raises what is wrong with a command that is not run."""
    where = f"line {block.line}: {' '.join(words)}"
    program, rest = Path(words[0].replace("\\", "/")).name.removesuffix(".exe"), words[1:]
    if program == "sudo" and rest[0] == "modprobe":
        assert " ".join(words) == " ".join(next(Block(0, "console", "", LOAD).commands())), f"{where}: not what the doctor says"
    elif program == "sudo":
        look_at(rest, block)
    elif program == "osa-cam":
        check(rest)
    elif "osa_cam" in rest:
        check(rest[rest.index("osa_cam") + 1 :])  # python -m osa_cam ...
    elif program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert set(rest) <= set(targets), f"{where}: the Makefile has no such target"
    elif program == "pip" or (program in ("python", "py") and rest[:2] == ["-m", "pip"]):
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
        for named in re.findall(r"(?:osa-cam|^\.)\[([a-z,]+)\]", "\n".join(rest), re.MULTILINE):
            assert set(named.split(",")) <= extras.keys(), f"{where}: there is no such extra"
    elif program in ("python", "python3", "py", "pytest", "accelerate"):
        module = rest[rest.index("-m") + 1] if "-m" in rest else None
        assert module is None or module.startswith("osa_cam_") or importlib.util.find_spec(module) is not None, f"{where}: no such module"
        for word in rest:
            if word.endswith(".py") or word.startswith(("tests/", "benchmarks/")):
                assert (ROOT / word.partition("::")[0]).exists(), f"{where}: {word} is not there"
    else:
        assert program in SYSTEM, f"{where}: neither run nor known"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(tmp_path, monkeypatch, capfd, stack)


def worked_through(desk: Desk, page: Path) -> str:
    said = ""
    for block in blocks(page):
        try:
            said = desk.work(block) or said
        except Exception as error:
            raise AssertionError(f"{page.relative_to(ROOT)}, line {block.line}") from error
    return said


def a_signed_pack(desk: Desk, said: str) -> None:
    assert "Your Name (verified)" in said
    assert manifests()["mira"].version == "1.0.1", "the edited pack is the one that is installed"
    assert read_pack(desk.folder / "ann.osavatar").picture()[5, 5, 3] == 0, "--cut-out cut the wall away"
    assert (desk.folder / "talk.mp4").is_file()


def a_tested_plugin(desk: Desk, said: str) -> None:
    assert "2 passed" in said
    assert "strftime" in (desk.folder / "clock" / "osa_cam_clock" / "__init__.py").read_text("utf-8")


AFTERWARDS = {"make-a-pack.md": a_signed_pack, "write-a-plugin.md": a_tested_plugin}


@pytest.mark.parametrize("page", [page for page in PAGES if page != LOG and blocks(page)], ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_can_be_worked_through(desk: Desk, page: Path) -> None:
    said = worked_through(desk, page)
    AFTERWARDS.get(page.name, lambda desk, said: None)(desk, said)


BROKEN = {
    "a command that is not there": ("console", "osa-cam rendre talk.wav"),
    "an option that is not taken": ("console", "# needs a camera\nosa-cam run --colour red"),
    "a value out of range": ("console", "osa-cam bench --seconds many"),
    "a program that nobody runs": ("console", "frobnicate --hard"),
    "a target that is not there": ("console", "# needs an hour\nmake coffee"),
    "an extra that is not there": ("console", "# needs the internet\npip install 'osa-cam[everything]'"),
    "a file that is not there": ("console", "# needs a minute\npython benchmarks/none.py"),
    "another line than the doctor's": ("console", "# needs root\nsudo modprobe v4l2loopback"),
}


@pytest.mark.parametrize(("language", "code"), list(BROKEN.values()), ids=list(BROKEN))
def test_a_broken_command_is_seen(language: str, code: str) -> None:
    block = Block(1, language, "", code)
    with pytest.raises(Exception, match=r".+"):
        for words in block.commands():
            look_at(words, block)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("console", "osa-cam render none.wav -o out.mp4"),
        ("python", "1 / 0"),
        ("toml", "a = "),
        ("json", "{"),
        ("console", "osa-cam ctl set mood=1"),
    ],
)
def test_a_block_that_fails_is_seen(desk: Desk, language: str, code: str) -> None:
    with pytest.raises(Exception, match=r".+"):
        desk.work(Block(1, language, "", code))
