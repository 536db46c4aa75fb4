"""`osa-cam eval`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from osa_cam.errors import TrainingError

DRIFT_LIMIT = 0.05


def evaluate(
    runs: Annotated[Path, typer.Option(help="Folder of checkpoints.")] = Path("runs"),
    sets: Annotated[Path, typer.Option(help="Folder of the drawn data sets; clips/test is used.")] = Path("datasets"),
    out: Annotated[Path, typer.Option(help="Folder for table.md, table.json and a video of every clip.")] = Path("runs/eval"),
    clips: Annotated[int, typer.Option(help="How many test clips.", min=1)] = 4,
    threads: Annotated[int, typer.Option(help="CPU threads.", min=1)] = 2,
    public: Annotated[Path | None, typer.Option(help="Folder of inception.onnx or i3d.onnx, for FID and FVD.")] = None,
    rollout: Annotated[
        float | None, typer.Option(metavar="MINUTES", help="Measure instead how far a face drifts while it speaks so long.", min=0.1)
    ] = None,
    avatar: Annotated[str | None, typer.Option(help="Whose face, with --rollout.", show_default="the first")] = None,
    model: Annotated[str, typer.Option(help="The model, with --rollout: a built-in one or a folder.")] = "lite",
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")] = False,
) -> None:
    """Measure base, LCM, Adv-LCM and OSA-LCM on people, voices and sentences never trained on."""
    if rollout is not None:
        _rollout(rollout, avatar, model, runs, as_json)
        return
    from osa_cam.evaluation.public import PublicFeatures
    from osa_cam.evaluation.table import as_json as line
    from osa_cam.evaluation.table import evaluate as measure
    from osa_cam.evaluation.table import markdown, write
    from osa_cam.live.terminal import progress
    from osa_cam.networks.sizes import LITE

    done_before = 0.0
    with progress("rows and clips", None, hidden=as_json) as advance:

        def shown(done: int, total: int) -> None:
            nonlocal done_before
            advance(done - done_before)
            done_before = done

        table = measure(runs, sets / "clips/test", out, LITE, clips, threads, PublicFeatures(public), shown)
    write(out, table)
    typer.echo(line(table) if as_json else markdown(table))


def _rollout(minutes: float, avatar: str | None, model: str, runs: Path, as_json: bool) -> None:
    from osa_cam.evaluation.judges import load_judges
    from osa_cam.evaluation.painter import Painter
    from osa_cam.evaluation.rollout import drift
    from osa_cam.live.terminal import progress
    from osa_cam.networks.sizes import LITE

    why = ""
    painter, identity = None, None
    try:
        identity = load_judges()[1]
        painter = Painter.load(runs / "autoencoder/checkpoint.safetensors", LITE)
    except TrainingError as error:
        why = str(error)
    shown = 0.0
    with progress("speaking", minutes * 60, hidden=as_json) as advance:

        def told(done: float) -> None:
            nonlocal shown
            advance(60 * (done - shown))
            shown = done

        found = drift(minutes, avatar, model, painter, identity, progress=told)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    likeness = f"not measured. {why}"
    if found.identity is not None:
        likeness = f"{found.identity:.1%} (cosine {found.identity_first:.3f}, then {found.identity_last:.3f})"
    typer.echo(f"after {found.minutes:.1f} minutes: colours {found.colour:.1%}, cover {found.cover:.1%}, identity {likeness}")
    typer.echo(f"aim: at most {DRIFT_LIMIT:.0%}")
