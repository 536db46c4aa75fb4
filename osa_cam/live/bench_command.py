"""`osa-cam bench`"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from osa_cam.config import Sampling
from osa_cam.engines.choice import ENGINES
from osa_cam.live.bench import every_engine, markdown, measure, verdict


def bench(
    seconds: Annotated[float, typer.Option(help="How much speech.", min=1.0)] = 10.0,
    avatar: Annotated[str | None, typer.Option(help="A built-in avatar's id, or any picture.", show_default="the first")] = None,
    engine: Annotated[str, typer.Option(help=f"{', '.join(ENGINES)}; all: every engine that works here, with its quality.")] = "auto",
    steps: Annotated[int | None, typer.Option(help="Network evaluations a stride.", show_default="the model's own")] = None,
    model: Annotated[str, typer.Option(help="A built-in model or a model's folder.")] = "lite",
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")] = False,
) -> None:
    """Measure this machine: how long a frame takes, and whether live use will do."""
    if engine == "all":
        figures = every_engine(avatar, model, seconds)
        if not as_json:
            typer.echo("\n".join((*markdown(figures), "")))
            for line in figures["engines"].values():
                typer.echo(verdict(line))
        typer.echo(json.dumps(figures))
        return
    line = measure(avatar, Sampling(steps=steps), engine, model, seconds)
    if as_json:
        typer.echo(json.dumps(line))
        return
    typer.echo("| stage | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|")
    for stage, times in line["stages_ms"].items():
        typer.echo(f"| {stage} | " + " | ".join(f"{value:.2f}" for value in times.values()) + " |")
    typer.echo(f"\n{verdict(line)}")
