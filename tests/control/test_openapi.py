import json
import re
from pathlib import Path

from osa_cam import __version__
from osa_cam.control.access import Access
from osa_cam.control.client import ask
from osa_cam.control.openapi import EVENTS, openapi
from osa_cam.control.operations import OPERATIONS


def test_the_copy_in_the_documents_is_the_one_that_is_served(root: Path, access: Access) -> None:
    """`osa-cam ctl openapi > docs/openapi.json` makes it."""
    copy = json.loads((root / "docs" / "openapi.json").read_text("utf-8"))
    assert copy == ask(access, "GET", "/v1/openapi.json") == openapi(__version__)


def test_every_path_stands_in_the_documents(root: Path) -> None:
    text = (root / "docs" / "control.md").read_text("utf-8")
    named = set(re.findall(r"`(?:GET |POST |PATCH )(/v1/[a-z.-]+)`", text))
    assert named == {operation.path for operation in OPERATIONS} | {EVENTS, "/v1/openapi.json"}


def test_every_reference_leads_somewhere() -> None:
    document = openapi(__version__)
    assert document["openapi"].startswith("3.1")
    found = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert {"Status", "Settings", "Problem"} <= found <= document["components"]["schemas"].keys()
