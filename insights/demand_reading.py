"""Demand and capacity of the teams of an organisation over the six weeks ahead, as plain objects.

    found = demand_of(organisation)             # pages, files, API and the assistant read the same
    for team in found.teams:
        for week in team.weeks:
            week.asked.mean / 60, week.staffed, week.state, week.reasons    # minutes; insights.demand.weeks
    found.moves                                 # what could be moved, and what would remain

Nobody is named and no number of people stands in it. Numbers of visits of a week are shown through `Count`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from accounts.small_numbers import Count, count_of
from insights.demand.moves import Move, suggested_moves
from insights.demand.repeats import Share, first_known
from insights.demand.requests import Request, past_weeks
from insights.demand.week_calendar import monday_of
from insights.demand.weeks import Drive, TeamFacts, WeekResult, demand_of_weeks
from routing.models import Team

from .demand_rows import DemandRows

# Where no plan of the organisation says how long people drive; a judgement, and said to be one wherever it counts.
ASSUMED_DRIVE = 12.0


@dataclass(frozen=True, slots=True)
class TeamDemand:
    """One team. `asked_before`: requests of each past week looked at, as they may be shown."""

    team_id: str
    name: str
    patch: str
    weeks: tuple[WeekResult, ...]
    share: Share | None
    drive: Drive
    asked_before: tuple[tuple[date, Count], ...]

    @property
    def is_empty(self) -> bool:
        """Nothing asked for, nothing asked before and nobody on the rota: a team that has not begun."""
        return not any(week.asked_visits.mean or week.staffed for week in self.weeks)


@dataclass(frozen=True, slots=True)
class OrganisationDemand:
    made_at: datetime
    weeks: tuple[date, ...]
    teams: tuple[TeamDemand, ...]
    moves: tuple[Move, ...]

    def team(self, team_id) -> TeamDemand:
        """KeyError for a team that is not the organisation's."""
        for team in self.teams:
            if team.team_id == str(team_id):
                return team
        raise KeyError(team_id)

    def moves_of(self, team: TeamDemand) -> list[Move]:
        """Those that help the team, and those by which it helps."""
        return [move for move in self.moves if team.team_id in (move.team, move.other)]


def demand_of(organisation, *, now: datetime | None = None) -> OrganisationDemand:
    """All teams of the organisation by name; the same data and the same moment give the same answer."""
    now = now or timezone.now()
    rows = DemandRows(organisation, now)
    teams = list(Team.objects.for_organisation(organisation).select_related("patch").order_by("name"))
    found = tuple(_team(team, rows, now) for team in teams)
    pairs = _neighbours([(str(team.pk), team.patch_id) for team in teams]) if len(teams) > 1 else frozenset()
    moves = suggested_moves({team.team_id: team.weeks for team in found}, pairs)
    return OrganisationDemand(now, rows.weeks, found, moves)


def _team(team, rows: DemandRows, now: datetime) -> TeamDemand:
    requests, since = rows.requests(team.pk), rows.since.get(team.pk)
    nobody = [sum(numbers) for numbers in zip(*rows.settled.values(), strict=True)] or [0, 0]
    share = first_known(rows.settled.get(team.pk, (0, 0)), tuple(nobody))
    facts = TeamFacts(
        booked=rows.booked(team.pk),
        recurring=rows.recurring(team.pk),
        requests=requests,
        since=since,
        duties=rows.duties(team.pk),
        share=share,
        drive=_drive(team.pk, rows),
    )
    return TeamDemand(
        str(team.pk), team.name, team.patch.name, demand_of_weeks(facts, now), share, facts.drive,
        _before(requests, rows.today, since),
    )  # fmt: skip


def _drive(team, rows: DemandRows) -> Drive:
    """Minutes on the way for each visit: of the team's own approved plans, else of all teams' plans, else assumed."""
    minutes, visits = rows.driven.get(team, (0.0, 0))
    if visits:
        return Drive(minutes / visits, "planned")
    all_minutes, all_visits = (sum(each) for each in zip(*rows.driven.values(), strict=True)) if rows.driven else (0, 0)
    return Drive(all_minutes / all_visits, "organisation") if all_visits else Drive(ASSUMED_DRIVE, "assumed")


def _before(requests: Sequence[Request], today: date, since: date | None) -> tuple[tuple[date, Count], ...]:
    weeks = dict.fromkeys(past_weeks(today, since), 0)
    for request in requests:
        week = monday_of(request.day)
        if week in weeks:
            weeks[week] += 1
    return tuple((week, count_of(number)) for week, number in weeks.items())


NEIGHBOURS = """
    SELECT DISTINCT one.patch_id, other.patch_id
    FROM lsoa_patch_areas one
    JOIN lsoa_area area ON area.id = one.area_id
    JOIN lsoa_area beside ON beside.vintage = area.vintage AND ST_DWithin(beside.geometry, area.geometry, 0)
    JOIN lsoa_patch_areas other ON other.area_id = beside.id AND other.patch_id > one.patch_id
    WHERE one.patch_id = ANY(%s) AND other.patch_id = ANY(%s)
"""
SHARING = """
    SELECT DISTINCT one.patch_id, other.patch_id
    FROM lsoa_patch_areas one
    JOIN lsoa_patch_areas other ON other.area_id = one.area_id AND other.patch_id > one.patch_id
    WHERE one.patch_id = ANY(%s) AND other.patch_id = ANY(%s)
"""


def _neighbours(teams: Sequence[tuple[str, object]]) -> frozenset[frozenset[str]]:
    """Pairs of teams whose patches are the same, share areas, or touch. Areas are looked at for touching only where
    some patches share nothing.
    """
    patches = sorted({patch for _, patch in teams})
    pairs = {(patch, patch) for patch in patches}
    wanted = {(one, other) for one in patches for other in patches if one < other}
    for query in (SHARING, NEIGHBOURS):
        if wanted - pairs:
            with connection.cursor() as cursor:
                cursor.execute(query, [patches, patches])
                pairs |= set(cursor.fetchall())
    return frozenset(
        frozenset((one, other))
        for one, patch in teams
        for other, beside in teams
        if one != other and ((patch, beside) in pairs or (beside, patch) in pairs)
    )
