"""The site is whole: no link leads nowhere, no page is hidden, and nothing is fetched from anybody."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the commands of `osa-cam train` can't be read without the extra `train`")

from osa_cam.evaluation.table import COLUMNS
from tests.conftest import ROOT
from tests.docs.blocks import FENCE, outside
from tests.docs.generate import pages

DOCS = ROOT / "docs"
ALL = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FETCHED = {
    "script": "src",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
    "link": "href",
}


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_what_is_written_from_the_program_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == pages()[path], "run: python -m tests.docs.generate"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ALL, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(outside(page)):
        if re.match(r"(https?|mailto):", link):
            continue
        where, _, anchor = link.partition("#")
        target = (page.parent / where).resolve() if where else page
        assert target.exists(), f"{link}: there is no such file"
        if DOCS in page.parents:
            assert DOCS in target.parents, f"{link}: the site has only what is in docs/"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"


def test_every_column_of_the_evaluation_is_explained() -> None:
    page = (DOCS / "how-it-works.md").read_text("utf-8")
    names = re.findall(r"^\| ([^|]+) \|", page.partition("| column |")[2], re.MULTILINE)
    known = {name.strip() for row in names for name in re.split(r", (?!frames)", row)} | {"FID", "FVD"}
    assert {column.title for column in COLUMNS} <= known


@pytest.mark.parametrize("page", ["architecture.md", "../README.md"])
def test_every_folder_is_on_the_tour(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    folders = [path.name for path in (ROOT / "osa_cam").iterdir() if any(path.glob("*.py"))]
    assert len(folders) > 10
    assert not [name for name in folders if f"{name}/" not in text]


def test_every_page_is_in_the_navigation() -> None:
    told = set(re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    assert told == {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}


class Fetched(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag in FETCHED and found.get("rel") not in ("canonical", "next", "prev"):
            self.addresses += filter(None, [found.get(FETCHED[tag])])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        pytest.skip("mkdocs-material is not installed (extra `docs`)")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return out


def test_the_site_fetches_nothing_from_anybody(site: Path) -> None:
    looked_at = 0
    for page in site.rglob("*.html"):
        fetched = Fetched()
        fetched.feed(page.read_text("utf-8"))
        foreign = [address for address in fetched.addresses if re.match(r"(https?:)?//", address)]
        assert not foreign, page.name
        looked_at += len(fetched.addresses)
    assert looked_at > 50
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", sheet.read_text("utf-8")), sheet.name


def test_the_site_has_every_picture_that_a_page_shows(site: Path) -> None:
    for page in site.rglob("*.html"):
        fetched = Fetched()
        fetched.feed(page.read_text("utf-8"))
        for address in fetched.addresses:
            path = page.parent / address.partition("?")[0].partition("#")[0]
            assert page.name == "404.html" or address.startswith("data:") or path.is_file(), f"{page.name}: {address}"
