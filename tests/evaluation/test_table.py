import json
from pathlib import Path

import av
import onnx
import pytest
from onnx import TensorProto, helper

from osa_cam.errors import TrainingError
from osa_cam.evaluation import judges, table
from osa_cam.evaluation.judges import IdentityNet, SyncNet
from osa_cam.evaluation.public import PublicFeatures
from osa_cam.evaluation.table import COLUMNS, DRAWN, PUBLIC, RECIPES, Recipe, Table, evaluate, markdown, write
from osa_cam.networks.sizes import LITE
from osa_cam.training import checkpoint
from tests.evaluation.conftest import FRAMES

FEWER = tuple(recipe for recipe in RECIPES if recipe.stage == "base" or recipe.steps == 1)


@pytest.fixture(scope="module")
def measured(runs: Path, clips_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, Path]:
    """One clip, with judges, with a public network, without base and lcm."""
    out = tmp_path_factory.mktemp("out")
    public = tmp_path_factory.mktemp("public")
    node = helper.make_node("ReduceMean", ["pictures"], ["features"], axes=[2, 3], keepdims=0)
    inputs = [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, 299, 299])]
    outputs = [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 3])]
    graph = helper.make_graph([node], "inception", inputs, outputs)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=10), public / "inception.onnx")
    path = checkpoint_of_judges(out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "RECIPES", FEWER)
        patch.setattr(table, "load_judges", lambda: judges.load_judges(path))
        found = evaluate(runs, clips_folder, out, LITE, 1, 1, PublicFeatures(public))
    write(out, found)
    return found, out


def checkpoint_of_judges(folder: Path) -> Path:
    path = folder / "judges.safetensors"
    checkpoint.save(path, {"sync": SyncNet(), "identity": IdentityNet()}, {}, half=True)
    return path


def test_rows_are_the_papers() -> None:
    assert [recipe.name for recipe in RECIPES] == [
        "base, 20 steps",
        "base, 1 step",
        "LCM, 1 step",
        "LCM, 2 steps",
        "LCM, 4 steps",
        "Adv-LCM, 1 step",
        "Adv-LCM, 2 steps",
        "Adv-LCM, 4 steps",
        "OSA-LCM (EFT), 1 step",
    ]
    assert RECIPES[0] == Recipe("base, 20 steps", "base", 20, "ddim")


def test_what_was_not_measured_is_no_figure(measured: tuple[Table, Path]) -> None:
    found, out = measured
    for name in ("base, 20 steps", "base, 1 step", "LCM, 1 step"):
        assert found.rows[name] == {}
    assert any("base" in note and "no checkpoint" in note for note in found.notes)
    told = json.loads((out / "table.json").read_text())
    assert set(told["rows"]["base, 1 step"].values()) == {None}
    # Nothing to be 20 times faster than.
    assert told["rows"]["OSA-LCM (EFT), 1 step"]["speed_up"] is None
    # The drawn clips are at no distance from themselves and take no network.
    assert told["rows"][DRAWN]["picture_distance"] is told["rows"][DRAWN]["denoise_ms_a_frame"] is None
    assert all(row["fvd"] is None for row in told["rows"].values() if "fvd" in row)


def test_every_other_figure_is_measured(measured: tuple[Table, Path]) -> None:
    row = measured[0].rows["OSA-LCM (EFT), 1 step"]
    assert {column.key for column in COLUMNS} - {"fvd"} == set(row)
    assert all(isinstance(value, float) for key, value in row.items() if key != "speed_up")
    assert row["evaluations_a_frame"] == 0.25
    assert measured[0].rows["Adv-LCM, 1 step"]["picture_distance"] != row["picture_distance"]


def test_the_table_shows_only_columns_that_are_there(measured: tuple[Table, Path]) -> None:
    text = (measured[1] / "table.md").read_text()
    head, _, *rows = text.splitlines()
    assert "FID" in head and "FVD" not in head
    assert {line.count("|") for line in rows if line.startswith("|")} == {head.count("|")}
    bare = Table({name: {} for name in measured[0].rows}, 1, 0.5, [])
    assert "FID" not in markdown(bare)
    assert set(PUBLIC) < {column.key for column in COLUMNS}


def test_a_video_shows_all_rows_with_sound(measured: tuple[Table, Path]) -> None:
    with av.open(str(measured[1] / "clip-0.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == FRAMES
        assert container.streams.video[0].width == 3 * 256  # drawn, Adv-LCM, EFT
        assert len(container.streams.audio) == 1


def test_nothing_at_all_is_an_error(runs: Path, clips_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "RECIPES", RECIPES[:2])
    with pytest.raises(TrainingError, match="osa-cam train base"):
        evaluate(runs, clips_folder, tmp_path, LITE, 1, 1, PublicFeatures())
    with pytest.raises(TrainingError, match="neither"):
        PublicFeatures(tmp_path)
