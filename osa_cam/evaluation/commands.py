"""`osa-cam eval`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer


def evaluate(
    runs: Annotated[Path, typer.Option(help="Folder of checkpoints.")] = Path("runs"),
    sets: Annotated[Path, typer.Option(help="Folder of the drawn data sets; clips/test is used.")] = Path("datasets"),
    out: Annotated[Path, typer.Option(help="Folder for table.md and table.json.")] = Path("runs/eval"),
    clips: Annotated[int, typer.Option(help="How many test clips.", min=1)] = 16,
    threads: Annotated[int, typer.Option(help="CPU threads.", min=1)] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")] = False,
) -> None:
    """Measure base, Adv-LCM and OSA-LCM on people, voices and sentences never trained on."""
    from osa_cam.evaluation.table import evaluate_rows, markdown, write
    from osa_cam.networks.sizes import LITE

    rows, true = evaluate_rows(runs, sets / "clips/test", LITE, clips, threads)
    write(out, rows, true)
    typer.echo(json.dumps({"rows": [asdict(row) for row in rows], "drawn": true}) if as_json else markdown(rows, true))
