"""What could be moved so that a week that is short is less so: hours of a neighbouring team, or visits that may wait.

A move never makes another week short: it takes from room alone, which is counted above the interval. What one move
takes, the next cannot take again; the longest want comes first. Moves are of whole hours, at least one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .week_calendar import WEEK
from .weeks import WeekResult

# In minutes; moves are counted in hours.
HOUR = 60.0


class Kind(StrEnum):
    BORROW = "borrow"
    OTHER_WEEK = "other_week"


@dataclass(frozen=True, slots=True)
class Move:
    """`hours` for `team` in the week of `monday`: of people of `other`, or (OTHER_WEEK) of its own visits that may be
    made in the week of `to`. `left_short`, `left_room`: hours that remain missing here, and to spare there.
    """

    kind: Kind
    team: str
    monday: date
    hours: int
    short: float
    room: float
    other: str | None = None
    to: date | None = None

    @property
    def left_short(self) -> float:
        return self.short - self.hours

    @property
    def left_room(self) -> float:
        return self.room - self.hours


def suggested_moves(
    teams: Mapping[str, tuple[WeekResult, ...]], neighbours: Collection[frozenset[str]]
) -> tuple[Move, ...]:
    """`neighbours`: pairs of teams whose patches overlap or touch; others lend each other nobody."""
    room = {(team, week.monday): week.room / HOUR for team, weeks in teams.items() for week in weeks}
    of = {(team, week.monday): week for team, weeks in teams.items() for week in weeks}
    short = sorted(
        ((team, week) for team, weeks in teams.items() for week in weeks if week.short >= HOUR),
        key=lambda pair: (-pair[1].short, pair[1].monday, pair[0]),
    )
    moves = []
    for team, week in short:
        missing = week.short / HOUR
        for to in (week.monday + WEEK, week.monday - WEEK, week.monday + 2 * WEEK):
            most = _may_wait(week, to) / HOUR if (team, to) in of else 0.0
            missing = _take(moves, room, (team, to), missing, most, Kind.OTHER_WEEK, team, week.monday, to=to)
        lenders = sorted(
            (other for other in teams if frozenset((team, other)) in neighbours and other != team),
            key=lambda other: (-room.get((other, week.monday), 0.0), other),
        )
        for other in lenders:
            able = week.short / HOUR * _share_able(week, of.get((other, week.monday)))
            missing = _take(
                moves, room, (other, week.monday), missing, able, Kind.BORROW, team, week.monday, other=other
            )
    # One after the other: what a move leaves is what the next begins with.
    return tuple(sorted(moves, key=lambda move: (move.monday, move.team)))


def _take(moves, room, source, missing, most, kind, team, monday, **where) -> float:
    spare = room.get(source, 0.0)
    hours = int(min(missing, spare, most) + 1e-9)
    if hours < 1:
        return missing
    moves.append(Move(kind, team, monday, hours, missing, spare, **where))
    room[source] = spare - hours
    return missing - hours


def _may_wait(week: WeekResult, to: date) -> float:
    """Minutes at the door of visits of the week that may be made on some day of the week of `to`."""
    last = to + WEEK
    return sum(
        visit.minutes
        for visit in week.movable
        if visit.earliest is not None and visit.latest is not None and visit.earliest < last and visit.latest >= to
    )


def _share_able(week: WeekResult, lender: WeekResult | None) -> float:
    """Share of the week's standing minutes that somebody of the lender at work has the skills for; without any standing
    visit: all, since nothing is known to need a skill.
    """
    if lender is None:
        return 0.0
    minutes = sum(visit.minutes for visit in week.movable)
    if not minutes:
        return 1.0
    able = (visit.minutes for visit in week.movable if any(visit.skills <= held for held in lender.capacity.skills))
    return sum(able) / minutes
