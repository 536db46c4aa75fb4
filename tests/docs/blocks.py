"""The code blocks of the documentation.

```console                              commands, typed one after another in one folder a page
```console
# needs a microphone and a camera       what a test can't do: the commands are checked, not run
```python title="clock/__init__.py"     a file, written to that folder
```python, ```toml, ```json             run, or read
```powershell                           for Windows: checked, not run
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`(osa-cam [^`]+)`(?!`)")
LANGUAGES = {"console", "python", "toml", "json", "powershell"}
NEEDS = "# needs "


@dataclass(frozen=True)
class Block:
    """title: the file that it is, empty for none; needs: what keeps a test from running it, empty for nothing."""

    line: int
    language: str
    title: str
    code: str

    @property
    def needs(self) -> str:
        first = self.code.partition("\n")[0]
        return first.removeprefix(NEEDS) if first.startswith(NEEDS) else ""

    def commands(self) -> Iterator[list[str]]:
        """Words of each command, comments and variables before it left out."""
        for line in self.code.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True, posix=self.language != "powershell")
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                words.pop(0)
            if words:
                yield words


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    found = []
    for fence in FENCE.finditer(text):
        language, _, title = fence["info"].partition(" title=")
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(line, language.strip(), title.strip('"'), textwrap.dedent(fence["code"])))
    return found


def outside(page: Path) -> str:
    """The page without its blocks."""
    return FENCE.sub("", page.read_text("utf-8"))


def spans(page: Path) -> list[list[str]]:
    """Words of each `osa-cam ...` inside a sentence."""
    return [shlex.split(span.replace("\n", " ")) for span in SPAN.findall(outside(page))]
