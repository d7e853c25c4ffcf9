"""Clock-change days: people plan by the clock on the wall, the solver by elapsed seconds."""

from datetime import UTC, date, datetime, time

import pytest

from routing.civil_time import NoSuchTime, clock, instant, moment_of, seconds_into

SUMMER_STARTS, SUMMER_ENDS = date(2026, 3, 29), date(2026, 10, 25)


def test_local_times_become_instants():
    assert instant(date(2026, 7, 1), time(9)) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert instant(date(2026, 12, 1), time(9)) == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_is_refused():
    with pytest.raises(NoSuchTime, match="01:30 does not exist on 29 March 2026"):
        instant(SUMMER_STARTS, time(1, 30))


def test_the_repeated_hour_means_its_first_pass():
    assert instant(SUMMER_ENDS, time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "elapsed"),
    [(date(2026, 7, 1), 9), (SUMMER_STARTS, 8), (SUMMER_ENDS, 10)],
    ids=["plain", "spring", "autumn"],
)
def test_seconds_are_elapsed_time_and_come_back_to_the_same_clock(day, elapsed):
    nine = instant(day, time(9))
    assert seconds_into(day, nine) == elapsed * 3600
    assert moment_of(day, elapsed * 3600) == nine
    assert clock(nine) == "09:00"
