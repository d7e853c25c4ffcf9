"""A clock for tests whose rows belong to fixed days.

It begins at the same moment in every run, and goes on from test to test: what one has made for several lies in the
past of those that follow.
"""

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import time_machine

# A Sunday morning in winter, the day before `routing.tests.factories.DAY`.
BEGINS = datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp()
_started = monotonic()
CHECKOUT = Path(__file__).resolve().parents[2]
# Tests whose rows belong to `routing.tests.factories.DAY`, or to a world that has plans of it.
OF_FIXED_DAYS = (
    CHECKOUT / "routing/tests",
    *(CHECKOUT / "healthequiroute/tests" / name for name in ("test_access_matrix.py", "test_readings.py")),
)


def is_of_a_fixed_day(path: Path) -> bool:
    """Whether the tests of this file run on the day before `routing.tests.factories.DAY`."""
    return any(path.is_relative_to(place) for place in OF_FIXED_DAYS)


def on_the_day_before() -> time_machine.travel:
    """A context in which it is the day before `routing.tests.factories.DAY`, whenever the tests run."""
    return time_machine.travel(BEGINS + monotonic() - _started, tick=True)
