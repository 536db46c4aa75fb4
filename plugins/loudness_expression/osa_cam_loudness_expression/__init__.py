"""The face shows how loud one speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osa_cam.config import EXPRESSIONS
from osa_cam.errors import ConfigError
from osa_cam.hooks import hookimpl

LEARNS_S = 6.0  # of speech, until the voice's usual level is followed slowly
FOLLOWS_S = 40.0  # how slowly; a loud sentence must not become what is usual
RISES_S = 0.12  # so long it has to be loud: a knock on the table is shorter


@hookimpl
def expression_triggers(settings: Mapping[str, Any]) -> dict[str, LoudnessExpression]:
    return {"loudness": LoudnessExpression(**_read(settings))}


class LoudnessExpression:
    """An expression while the voice is `louder_db` above its own usual level, and `seconds` longer."""

    def __init__(self, expression: str = "surprised", louder_db: float = 8.0, seconds: float = 1.5) -> None:
        self._expression = expression
        self._louder_db = louder_db
        self._seconds = seconds
        self._usual_db = 0.0
        self._spoken_s = 0.0
        self._loud_s = 0.0
        self._until = float("-inf")
        self._last_s = 0.0

    def __call__(self, level_db: float, speaking: bool, time_s: float) -> str | None:
        passed_s = time_s - self._last_s
        self._last_s = time_s
        if passed_s < 0:  # another talk
            self._until = float("-inf")
            passed_s = 0.0
        if speaking:
            self._hear(level_db, passed_s)
            if self._loud_s >= RISES_S:
                self._until = time_s + self._seconds
        else:
            self._loud_s = 0.0
        return self._expression if time_s < self._until else None

    def _hear(self, level_db: float, passed_s: float) -> None:
        self._spoken_s += passed_s
        if self._spoken_s == passed_s:
            self._usual_db = level_db
        # A plain mean at first, of which a moving one follows.
        share = passed_s / min(max(self._spoken_s, passed_s, 1e-3), FOLLOWS_S if self._spoken_s > LEARNS_S else LEARNS_S)
        self._usual_db += share * (level_db - self._usual_db)
        knows = self._spoken_s > LEARNS_S / 4
        self._loud_s = self._loud_s + passed_s if knows and level_db > self._usual_db + self._louder_db else 0.0


def _read(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ConfigError, naming the line."""
    file = "loudness-expression.toml"
    for key, value in settings.items():
        if key == "expression":
            if value not in EXPRESSIONS:
                raise ConfigError(f"{file}: expression is {value!r}: one of {', '.join(EXPRESSIONS)}")
        elif key not in ("louder_db", "seconds"):
            raise ConfigError(f"{file}: there is no {key}; known are expression, louder_db, seconds")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0.5 <= value <= 60:
            raise ConfigError(f"{file}: {key} is {value!r}: a number from 0.5 to 60")
    return dict(settings)
