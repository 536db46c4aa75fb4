"""docs/graphs.md: every graph of the model that ships is in the table, with the names of what it takes and gives."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from tests.conftest import ROOT

MODEL = ROOT / "osa_cam" / "assets" / "models" / "lite"
GRAPHS = sorted(path for path in MODEL.glob("*.onnx") if ".int8" not in path.name)


def test_the_table_has_no_other_graph() -> None:
    rows = [line for line in (ROOT / "docs" / "graphs.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    assert {row.split("`")[1] for row in rows} == {path.stem for path in GRAPHS}


@pytest.mark.parametrize("path", GRAPHS, ids=lambda path: path.stem)
def test_the_table_names_inputs_and_outputs(path: Path) -> None:
    row = next(line for line in (ROOT / "docs" / "graphs.md").read_text("utf-8").splitlines() if line.startswith(f"| `{path.stem}` |"))
    graph = onnx.load(path, load_external_data=False).graph
    for value in (*graph.input, *graph.output):
        assert f"`{value.name}`" in row, f"the row of {path.stem} lacks {value.name}"
