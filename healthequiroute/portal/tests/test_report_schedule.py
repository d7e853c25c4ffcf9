"""When a report is made next: civil times in Europe/London, over both changes of the clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.portal.models import Cadence
from healthequiroute.portal.reports.schedule import next_run
from routing.civil_time import LONDON

INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
PLANS = st.fixed_dictionaries(
    {
        "cadence": st.sampled_from([Cadence.WEEKLY, Cadence.MONTHLY]),
        "weekday": st.integers(0, 6),
        "month_day": st.integers(1, 28),
        "hour": st.integers(0, 23),
    }
)


def run(after, **plan):
    return next_run(**{"cadence": Cadence.WEEKLY, "weekday": 6, "month_day": 1, "hour": 1, "after": after} | plan)


@given(PLANS, INSTANTS)
def test_it_is_later_on_its_day_at_its_hour(plan, after):
    found = run(after, **plan)
    local = found.astimezone(LONDON)
    assert found > after
    if plan["cadence"] == Cadence.WEEKLY:
        assert local.weekday() == plan["weekday"]
        assert found - after <= timedelta(days=7, hours=2)
    else:
        assert local.day == plan["month_day"]
        assert found - after <= timedelta(days=31, hours=2)
    # The hour that the clocks jump over is the one after it.
    assert local.hour == plan["hour"] or (plan["hour"] == 1 and local.hour == 2 and local.month == 3)
    assert (local.minute, local.second) == (0, 0)


@given(PLANS, INSTANTS)
def test_each_day_has_one_time_and_none_is_left_out(plan, after):
    times = [run(after, **plan)]
    for _ in range(14):
        times.append(run(times[-1], **plan))
    days = [moment.astimezone(LONDON).date() for moment in times]
    assert len(set(days)) == len(days)
    for one, other in pairwise(days):
        if plan["cadence"] == Cadence.WEEKLY:
            assert other - one == timedelta(days=7)
        else:
            assert (other.year * 12 + other.month) - (one.year * 12 + one.month) == 1


@given(PLANS, INSTANTS, st.integers(0, 10_000))
def test_whoever_asks_before_it_gets_the_same(plan, after, minutes):
    found = run(after, **plan)
    between = min(found - timedelta(microseconds=1), after + timedelta(minutes=minutes))
    assert run(between, **plan) == found


def test_the_night_on_which_the_clocks_go_forward():
    # 01:00 does not exist on 29 March 2026; the next hour on the clock is 02:00, one hour past midnight UTC.
    assert run(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_the_night_on_which_they_go_back():
    # 01:00 comes twice on 25 October 2026: the first counts, and the second is not another time.
    first = run(datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert run(first) == datetime(2026, 11, 1, 1, tzinfo=UTC)


def test_summer_and_winter_are_the_same_hour_on_the_clock():
    plan = {"cadence": Cadence.MONTHLY, "month_day": 1, "hour": 7}
    assert run(datetime(2026, 6, 15, tzinfo=UTC), **plan) == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert run(datetime(2026, 11, 15, tzinfo=UTC), **plan) == datetime(2026, 12, 1, 7, tzinfo=UTC)


def test_by_hand_is_never():
    assert run(datetime(2026, 6, 15, tzinfo=UTC), cadence=Cadence.BY_HAND) is None
