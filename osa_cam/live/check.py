"""What a check of `osa-cam doctor` found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Check:
    """reason: what was seen; fix: the line to copy, empty when there is nothing to do. What is `failed` a live run can't do without.

    id: of VERDICTS, the same in every version, and what its braces stand for; a plugin's check has none.
    """

    name: str
    verdict: Verdict
    reason: str
    fix: str = ""
    id: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
