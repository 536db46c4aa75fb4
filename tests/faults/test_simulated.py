"""Faults of networks and clocks: the camera goes on with the last good picture, and within two seconds all is as before."""

from collections.abc import Callable

import pytest

from tests.faults import scenarios
from tests.faults.scenarios import Told

WITHIN_S = 2.0


@pytest.mark.parametrize(
    "fault", [scenarios.engine_raises_once, scenarios.engine_raises_for_ever, scenarios.sleep_and_resume, scenarios.overloaded]
)
def test_fault(fault: Callable[[], Told]) -> None:
    assert 0 <= fault().recovered_s <= WITHIN_S
