"""New visits that a team will still be asked for: what came late in past weeks comes late again (additive pick-up).

For a week that begins in d days, those requests of each past week count that were made less than d days before it
began, or within it; what had been asked for by then stands in the booked visits of the coming week already.
Weatherford, Kimes 2003, A comparison of forecasting methods for hotel revenue management, Int. J. of Forecasting 19(3).

A week with bank holidays is asked for the share of its working days. The spread is that between the past weeks, and
never less than that of counts at random (Poisson; for minutes compound Poisson): a few even weeks promise nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from routing.civil_time import LONDON

from .estimates import Estimate, next_of
from .week_calendar import WEEK, first_whole_week, monday_of, so_many_weeks_before, working_days

WEEKS_LOOKED_AT = 12
# Below it the history is called short: an interval from three differences says little.
FEWEST_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Request:
    """A visit that was asked for once: the day it was first meant for, when it was asked for, minutes of staff."""

    day: date
    made_at: datetime
    minutes: float


@dataclass(frozen=True, slots=True)
class NewVisits:
    """`visits` and their `minutes` at the door; `weeks`: how many past weeks were looked at."""

    visits: Estimate
    minutes: Estimate
    weeks: int

    @property
    def is_short(self) -> bool:
        return self.weeks < FEWEST_WEEKS


def past_weeks(today: date, since: date | None, most: int = WEEKS_LOOKED_AT) -> list[date]:
    """Mondays of the last whole weeks before today, the oldest first; none before `since`, the day of the first request
    ever (None: none yet): a team that did not exist was not asked for nothing.
    """
    if since is None:
        return []
    this, first = monday_of(today), first_whole_week(since)
    return [week for ahead in range(most, 0, -1) if (week := this - WEEK * ahead) >= first]


def expected_new(requests: Iterable[Request], since: date | None, monday: date, now: datetime) -> NewVisits:
    """Requests still to come for the week of `monday`, seen at `now`."""
    weeks = past_weeks(now.astimezone(LONDON).date(), since)
    if not weeks:
        return NewVisits(Estimate(), Estimate(), 0)
    seen_at = {week: so_many_weeks_before(now, (monday - week).days // 7) for week in weeks}
    late = {week: [] for week in weeks}
    for request in requests:
        week = monday_of(request.day)
        if week in late and request.made_at >= seen_at[week]:
            late[week].append(request.minutes)
    share = {week: working_days(monday) / working_days(week) for week in weeks}
    one = [minutes for each in late.values() for minutes in each]
    visits = [len(late[week]) * share[week] for week in weeks]
    minutes = [sum(late[week]) * share[week] for week in weeks]
    square = sum(each**2 for each in one) / len(one) if one else 0.0
    mean = sum(visits) / len(visits)
    return NewVisits(_level(visits, mean), _level(minutes, mean * square), len(weeks))


def _level(figures: list[float], least_variance: float) -> Estimate:
    number = len(figures)
    mean = sum(figures) / number
    spread = sum((figure - mean) ** 2 for figure in figures) / (number - 1) if number > 1 else 0.0
    return Estimate.around(mean, next_of(mean, max(spread, least_variance), number))
