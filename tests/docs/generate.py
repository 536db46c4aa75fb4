"""The pages that are written from the program. `python -m tests.docs.generate` writes them, a test compares them."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from osa_cam import __version__
from osa_cam.control.openapi import openapi
from tests.docs.commands import root, walk

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CARD = ROOT / "osa_cam" / "assets" / "models" / "lite" / "README.md"
MODEL_PAGE = DOCS / "how-it-works.md"
WRITTEN = "<!-- Written by `python -m tests.docs.generate`: change the program, not this page. -->\n"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"


def command_line() -> str:
    """Every command with what it takes, as `--help` says it."""
    lines = [WRITTEN, "# The command line", ""]
    lines += ["What `--help` says of each command. The command lies in `.venv/bin` (`.venv\\Scripts` on Windows) of a checkout.", ""]
    for name, command in walk(root(), "osa-cam"):
        words = name.split()
        if len(words) == 1:
            continue
        lines += [f"{'#' * len(words)} {name}", "", *_command(name, command)]
    return "\n".join(lines).rstrip() + "\n"


def _command(name: str, command: Any) -> Iterator[str]:
    yield from (_plain(command.help or ""), "")
    if hasattr(command, "commands"):
        return
    context = command.context_class(command, info_name=name)
    rows = [row for parameter in command.params if (row := parameter.get_help_record(context)) is not None]
    if rows:
        yield from ("| | | |", "|---|---|---|")
    for named, told in rows:
        told, _, kept = told.partition("  [")
        notes = kept.removesuffix("]").replace("default: ", "").replace("required", "needed").replace("env var: ", "variable ")
        notes = re.sub(r"\((.*)\)", r"\1", notes)
        yield f"| {' '.join(f'`{part}`' for part in named.split(', '))} | {_cell(told)} | {_cell(notes)} |"
    if rows:
        yield ""


def _plain(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|").replace("<", "&lt;")


def http() -> str:
    """The operations of the control interface and what they take and give, from the document that it serves."""
    document = openapi(__version__)
    lines = [WRITTEN, "# The control interface over HTTP", ""]
    lines += ["How to reach it, and what every request carries, stands in [control.md](../control.md)."]
    lines += ["[openapi.json](../openapi.json) is the whole.", ""]
    lines += ["| | | takes | gives |", "|---|---|---|---|"]
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            lines.append(f"| `{method.upper()} {path}` | {_cell(told['summary'])} | {_takes(told)} | {_gives(told)} |")
    lines += ["", "What fails is answered with one of these, as a [Problem](#problem):", "", "| | |", "|---|---|"]
    lines += [f"| {code} | {_cell(told['description'])} |" for code, told in document["components"]["responses"].items()]
    for name, schema in document["components"]["schemas"].items():
        if "properties" in schema:
            lines += ["", f"## {name}", "", "| | | |", "|---|---|---|"]
            lines += [f"| `{key}` | {_kind(field)} | {_cell(_told(field))} |" for key, field in schema["properties"].items()]
    return "\n".join(lines) + "\n"


def _takes(operation: dict[str, Any]) -> str:
    body = operation.get("requestBody")
    return _kind(body["content"]["application/json"]["schema"]) if body else ""


def _gives(operation: dict[str, Any]) -> str:
    answer = operation["responses"].get("200") or operation["responses"]["101"]
    return _kind(answer["content"]["application/json"]["schema"])


def _kind(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words, with links to those that have a name."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        named = openapi(__version__)["components"]["schemas"][name]
        return f"[{name}](#{name.lower()})" if "properties" in named else _kind(named)
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if choices := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(map(_kind, choices)))
    if schema.get("type") == "array":
        return f"array of {_kind(schema.get('items', {}))}"
    bounds = [f"{schema[key]:g}" for key in ("minimum", "maximum") if key in schema]
    return schema.get("type", "anything") + (f", {' to '.join(bounds)}" if bounds else "")


def _told(field: dict[str, Any]) -> str:
    default = f"; at first `{field['default']}`" if field.get("default") not in (None, "", {}) else ""
    return field.get("description", "") + (default if field.get("description") else default.removeprefix("; "))


def figures() -> str:
    """What the model card says of its table, and the table."""
    section = CARD.read_text("utf-8").partition("## Figures\n")[2]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None, f"{CARD}: the section Figures has no table"
    assert "`osa-cam eval" in section[: table.start()], f"{CARD}: the section Figures does not say which osa-cam eval gave its table"
    return section[: table.end()].lstrip() + "\n"


def with_figures(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + "\n" + figures() + END + rest.partition(END)[2]


def pages() -> dict[Path, str]:
    return {
        DOCS / "reference" / "command-line.md": command_line(),
        DOCS / "reference" / "http.md": http(),
        DOCS / "openapi.json": json.dumps(openapi(__version__), indent=2, ensure_ascii=False) + "\n",
        MODEL_PAGE: with_figures(MODEL_PAGE.read_text("utf-8")),
        DOCS / "assets" / "logo.svg": (ROOT / "installer" / "osa-cam.svg").read_text("utf-8"),
    }


def main() -> None:
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        sys.stdout.write(f"{os.path.relpath(path)}\n")


if __name__ == "__main__":
    main()
