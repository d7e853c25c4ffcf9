"""Hours that people are there for visits: shifts less breaks, without those who are away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from routing.caseload import WEEKDAYS


class Rota(StrEnum):
    KNOWN = "known"
    NONE = "none"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift: `minutes` that really pass (clock changes counted) less the break; `most_visits` of the person a day."""

    person: str
    day: date
    minutes: float
    most_visits: int
    is_away: bool = False
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Capacity:
    """Of a week. `minutes` there, `minutes_away` lost to absences, `most_visits` by the limits of those there."""

    rota: Rota
    minutes: float = 0.0
    minutes_away: float = 0.0
    most_visits: int = 0
    skills: tuple[frozenset[str], ...] = ()


def capacity_of(duties: Sequence[Duty], monday: date) -> Capacity:
    """`duties`: all that are known, of other weeks too. No shift at all in the week: no rota yet, which is not the same
    as nobody at work; shifts that end in the week, with working days to come that earlier weeks reach: the rota ends.
    """
    sunday = monday + timedelta(days=6)
    own = [duty for duty in duties if monday <= duty.day <= sunday]
    if not own:
        return Capacity(Rota.NONE)
    there = [duty for duty in own if not duty.is_away]
    most = {(duty.person, duty.day): duty.most_visits for duty in there}
    return Capacity(
        Rota.ENDS if _ends(duties, own, monday, sunday) else Rota.KNOWN,
        sum(duty.minutes for duty in there),
        sum(duty.minutes for duty in own if duty.is_away),
        sum(most.values()),
        tuple(sorted({duty.skills for duty in there}, key=sorted)),
    )


def _ends(duties, own, monday, sunday) -> bool:
    if any(duty.day > sunday for duty in duties):
        return False
    usual = min(4, max((duty.day.weekday() for duty in duties if duty.day < monday), default=4))
    after = max(duty.day for duty in own) + timedelta(days=1)
    return any(True for _ in WEEKDAYS.between(after, monday + timedelta(days=usual)))
