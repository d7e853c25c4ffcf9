"""What a team is asked for in a week, against what it has."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from routing.civil_time import LONDON

from .capacity import Capacity, Duty, Rota, capacity_of
from .estimates import Estimate, total
from .falling_due import Recurring, falls_due
from .repeats import Share
from .requests import NewVisits, Request, expected_new
from .week_calendar import monday_of, weeks_ahead, working_days


class State(StrEnum):
    SHORT = "short"
    LIKELY_SHORT = "likely_short"
    TIGHT = "tight"
    ROOM = "room"
    NO_ROTA = "no_rota"


# Expected to be short of hours, surely or likely.
LACKING = frozenset({State.SHORT, State.LIKELY_SHORT})


class Reason(StrEnum):
    ABSENCE = "absence"
    BANK_HOLIDAY = "bank_holiday"
    ROTA_ENDS = "rota_ends"
    VISIT_LIMIT = "visit_limit"
    NO_HISTORY = "no_history"
    SHORT_HISTORY = "short_history"
    NO_SHARE = "no_share"
    DRIVE_ASSUMED = "drive_assumed"


@dataclass(frozen=True, slots=True)
class Booked:
    """A visit that stands on a day; it may stand on any from `earliest` to `latest`. `minutes` of staff at the door."""

    day: date
    minutes: float
    earliest: date | None = None
    latest: date | None = None
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drive:
    """Minutes of staff on the way for each visit. `source`: "planned", "organisation" or "assumed"."""

    minutes: float
    source: str


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """All that is known of a team. `since`: day of its first request ever; `share`: of visits that find nobody."""

    booked: Sequence[Booked] = ()
    recurring: Sequence[Recurring] = ()
    requests: Sequence[Request] = ()
    since: date | None = None
    duties: Sequence[Duty] = ()
    share: Share | None = None
    drive: Drive = Drive(0.0, "planned")


@dataclass(frozen=True, slots=True)
class WeekResult:
    """One week of one team. Visits are numbers, `asked` and `staffed` minutes; `staffed` None: no rota that tells."""

    monday: date
    booked_visits: int
    due_visits: int
    new: NewVisits
    repeats: Estimate
    asked_visits: Estimate
    asked: Estimate
    capacity: Capacity
    reasons: tuple[Reason, ...] = ()
    movable: tuple[Booked, ...] = field(default=(), repr=False)

    @property
    def staffed(self) -> float | None:
        return self.capacity.minutes if self.capacity.rota == Rota.KNOWN else None

    @property
    def state(self) -> State:
        if self.staffed is None:
            return State.NO_ROTA
        if self.staffed < self.asked.low:
            return State.SHORT
        if self.staffed < self.asked.mean:
            return State.LIKELY_SHORT
        return State.TIGHT if self.staffed < self.asked.high else State.ROOM

    @property
    def short(self) -> float:
        """Minutes missing for what is expected; 0 where they suffice or no rota tells."""
        return 0.0 if self.staffed is None else max(0.0, self.asked.mean - self.staffed)

    @property
    def room(self) -> float:
        """Minutes to spare even where the most is asked for that four weeks of five see."""
        return 0.0 if self.staffed is None else max(0.0, self.staffed - self.asked.high)

    @property
    def minutes_a_visit(self) -> float | None:
        return self.asked.mean / self.asked_visits.mean if self.asked_visits.mean else None

    @property
    def staffed_visits(self) -> int | None:
        """Visits that fit into the hours, and into what each person may make a day."""
        if self.staffed is None or not self.minutes_a_visit:
            return None
        return min(self.capacity.most_visits, int(self.staffed // self.minutes_a_visit))


def demand_of_weeks(facts: TeamFacts, now: datetime) -> tuple[WeekResult, ...]:
    """The six whole weeks ahead, seen at `now`."""
    today = now.astimezone(LONDON).date()
    mondays = weeks_ahead(today)
    last = mondays[-1] + timedelta(days=6)
    due = [(day, entry) for entry in facts.recurring for day in falls_due(entry, today, mondays[0], last)]
    return tuple(_week(facts, monday, due, now) for monday in mondays)


def _week(facts: TeamFacts, monday: date, due, now: datetime) -> WeekResult:
    booked = [visit for visit in facts.booked if monday_of(visit.day) == monday]
    falling = [_standing(day, entry) for day, entry in due if monday_of(day) == monday]
    standing = [*booked, *falling]
    new = expected_new(facts.requests, facts.since, monday, now)
    drive = facts.drive.minutes
    visits = [Estimate.known(len(standing)), new.visits]
    # What a request takes longer and what more of them take varies together: half widths add.
    asked = [
        Estimate.known(sum(visit.minutes + drive for visit in standing)),
        _both(new.minutes, new.visits.times(drive)),
    ]
    base, base_minutes = sum(part.mean for part in visits), sum(part.mean for part in asked)
    again = facts.share.again if facts.share else Estimate()
    repeats = again.times(base)
    each = base_minutes / base if base else 0.0
    result = WeekResult(
        monday, len(booked), len(falling), new, repeats,
        total(*visits, repeats), total(*asked, repeats.times(each)), capacity_of(facts.duties, monday),
        movable=tuple(standing),
    )  # fmt: skip
    return _with_reasons(result, facts)


def _standing(day: date, entry: Recurring) -> Booked:
    latest = None if entry.most_days_late is None else day + timedelta(days=entry.most_days_late)
    return Booked(day, entry.minutes, day, latest or day, entry.skills)


def _both(one: Estimate, other: Estimate) -> Estimate:
    return Estimate(one.mean + other.mean, one.low + other.low, one.high + other.high)


def _with_reasons(result: WeekResult, facts: TeamFacts) -> WeekResult:
    new, fits = result.new, result.staffed_visits
    found = {
        Reason.ROTA_ENDS: result.capacity.rota == Rota.ENDS,
        Reason.ABSENCE: result.capacity.minutes_away > 0,
        Reason.BANK_HOLIDAY: working_days(result.monday) < 5,
        Reason.VISIT_LIMIT: fits is not None and fits == result.capacity.most_visits < result.asked_visits.mean,
        Reason.NO_HISTORY: new.weeks == 0,
        Reason.SHORT_HISTORY: new.weeks > 0 and new.is_short,
        Reason.NO_SHARE: facts.share is None,
        Reason.DRIVE_ASSUMED: facts.drive.source == "assumed",
    }
    reasons = tuple(reason for reason, holds in found.items() if holds)
    return replace(result, reasons=reasons)
