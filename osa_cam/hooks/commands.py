"""`osa-cam plugins ...`"""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from osa_cam.hooks.registry import installed
from osa_cam.hooks.template import write_plugin

app = typer.Typer(help="List, disable, enable and begin plugins.", no_args_is_help=True, add_completion=False)

Name = Annotated[str, typer.Argument(help="The plugin's name.")]


@app.command("list")
def show_all(as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")] = False) -> None:
    """List the plugins, whether they run, and where their settings stand."""
    plugins = installed().load()
    found = plugins.all()
    if as_json:
        typer.echo(json.dumps([{**asdict(plugin), "settings": str(plugins.settings_path(plugin.name))} for plugin in found]))
        return
    if not found:
        typer.echo("no plugins; osa-cam plugins new NAME makes one")
        return
    colours = {"on": "green", "off": "dim", "broken": "red", "stopped": "red"}
    table = Table("plugin", "state", "package", "gives")
    for plugin in found:
        gives = ", ".join(hook.replace("_", " ") for hook in plugin.hooks)
        table.add_row(plugin.name, f"[{colours[plugin.state]}]{plugin.state}", plugin.package, gives)
    console = Console()
    console.print(table)
    for notice in plugins.notices:
        console.print(notice, markup=False, soft_wrap=True)
    console.print(f"settings: {plugins.settings_path('NAME')}", markup=False, soft_wrap=True)


@app.command()
def disable(name: Name) -> None:
    """Keep a plugin off: the next start does not even load it."""
    installed().disable(name)
    typer.echo(f"{name} is off")


@app.command()
def enable(name: Name) -> None:
    """Switch a plugin on again."""
    plugin = installed().enable(name)
    if plugin.state != "on":
        typer.echo(f"{name} is {plugin.state}: {plugin.reason}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{name} is on")


@app.command()
def new(
    name: Name,
    into: Annotated[Path, typer.Option(help="The folder in which the plugin's own folder is made.")] = Path(),
) -> None:
    """Make a plugin to begin from: a package that works, and its tests."""
    folder = write_plugin(name, into)
    typer.echo(f"{folder}: a frame around the picture, to be changed into what you want\n")
    typer.echo(f"    {shlex.quote(sys.executable)} -m pip install -e {shlex.quote(f'{folder}[test]')}")
    typer.echo(f"    {shlex.quote(sys.executable)} -m pytest {shlex.quote(str(folder))}")
