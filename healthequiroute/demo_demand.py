"""What the demo teams were asked for in past weeks, what is booked ahead, and a rota that reaches as far: so that
demand and capacity say something, and something true of these made-up figures. Each step looks for what is there.

Requests come in as in life: more than half of them in the week itself, some three weeks ahead. The same dice make past
and coming weeks; of these, only what somebody would have asked for by today is there.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from lsoa.models import Area
from routing.caseload import is_bank_holiday
from routing.civil_time import instant
from routing.models import Absence, Shift, Team, Visit, VisitTier
from routing.services import add_shifts, save_absence

WEEK = timedelta(days=7)
WEEKS_BEFORE, WEEKS_AHEAD = 6, 6
LEADS = (0, 0, 1, 1, 2, 3, 5, 8, 12, 20)
MINUTES = (30, 45, 60, 75, 90)
LONG = 75
PREFIX = "RQ-"
PLACES = 40
ASKED_AT = """
    UPDATE routing_visit SET created_at = asked.at
    FROM unnest(%s::uuid[], %s::timestamptz[]) AS asked (id, at) WHERE routing_visit.id = asked.id
"""


@dataclass(frozen=True)
class Work:
    """`requests`: on a working day; `days`: of five on which somebody works from next week on; `rota_weeks`: how far
    the rota reaches; `first`: from how many days ahead on visits are booked (plans hold those before); `away`: on
    leave for the whole week of that number.
    """

    requests: int
    days: int
    rota_weeks: int
    first: int
    away: dict[int, tuple[str, ...]]


WORK = (
    Work(requests=48, days=3, rota_weeks=6, first=8, away={}),
    Work(requests=20, days=4, rota_weeks=5, first=1, away={2: ("isles-02", "isles-04")}),
)


def make_rota_ahead(teams: list[Team], hours: dict[str, tuple[time, time]], after: date, by) -> None:
    """Shifts after that day. `hours`: of each person, by reference."""
    for team, work in zip(teams, WORK, strict=False):
        monday = _next_monday()
        last = monday + WEEK * work.rota_weeks - timedelta(days=1)
        taken = Shift.objects.for_organisation(team.organisation).of_team(team).filter(day__gt=after)
        if taken.filter(day__gt=last - WEEK).exists():
            continue
        taken = set(taken.values_list("staff", "day"))
        days = [after + timedelta(days=ahead) for ahead in range(1, (last - after).days + 1)]
        days = [day for day in days if day.weekday() < 5 and not is_bank_holiday(day)]
        people = list(team.staff.active().select_related("team", "base").order_by("reference"))
        wanted = []
        for number, person in enumerate(people):
            own = [day for day in days if (day.weekday() + number) % 5 < work.days and (person.pk, day) not in taken]
            if person.reference in hours and own:
                wanted.append((hours[person.reference], tuple(own), person))
        # Together: one audit event says it for all who work the same hours on the same days.
        wanted.sort(key=lambda each: each[:2])
        for (at, own), group in groupby(wanted, key=lambda each: each[:2]):
            group_of = [person for _, _, person in group]
            add_shifts(people=group_of, days=list(own), starts=at[0], ends=at[1], by=by)
        _make_leave(team, work, monday, by)


def _make_leave(team, work, monday, by):
    for number, references in work.away.items():
        first = monday + WEEK * number
        for person in team.staff.filter(reference__in=references):
            if not Absence.objects.filter(staff=person, last_day__gte=timezone.localdate()).exists():
                save_absence(person=person, first_day=first, last_day=first + timedelta(days=4), kind="leave", by=by)


def make_requests(teams: list[Team]) -> None:
    """Visits of past weeks, done, and those that are booked ahead; what was booked and is past by now is done."""
    for team, work in zip(teams, WORK, strict=False):
        own = Visit.objects.filter(team=team, source=Visit.Source.CSV, reference__startswith=PREFIX)
        own.filter(state=Visit.State.OPEN, day__lt=timezone.localdate()).update(state=Visit.State.DONE)
        _store(team, work, known=set(own.values_list("day", "reference")))


def _store(team, work, known):
    today, now = timezone.localdate(), timezone.now()
    first = _next_monday() - WEEK * (WEEKS_BEFORE + 1)
    areas = list(team.patch.areas.defer("geometry").order_by("code"))
    areas = areas[:: max(1, len(areas) // PLACES)]
    visits, made = [], []
    for ahead in range(7 * (WEEKS_BEFORE + 1 + WEEKS_AHEAD)):
        day = first + timedelta(days=ahead)
        if day.weekday() >= 5 or is_bank_holiday(day) or today <= day < today + timedelta(days=work.first):
            continue
        dice = random.Random(f"{team.name} {day}")
        for number in range(round(work.requests * dice.uniform(0.75, 1.25))):
            asked = _asked(day - timedelta(days=dice.choice(LEADS)), dice)
            visit = _visit(team, day, number, dice.choice(areas), dice.choice(MINUTES), today)
            if asked < now and (visit.day, visit.reference) not in known:
                visits.append(visit)
                made.append(asked)
    stored = Visit.objects.bulk_create(visits, batch_size=1000)
    # The database stamps new rows with today; these were asked for earlier.
    with connection.cursor() as cursor:
        cursor.execute(ASKED_AT, [[visit.pk for visit in stored], made])


def _asked(day: date, dice) -> datetime:
    return instant(day, time(8 + dice.randrange(9), dice.randrange(60)))


def _visit(team, day: date, number: int, area: Area, minutes: int, today: date) -> Visit:
    return Visit(
        organisation=team.organisation,
        team=team,
        reference=f"{PREFIX}{day:%m%d}-{number + 1:02}",
        day=day,
        area=area,
        point=Point(area.centroid.x, area.centroid.y, srid=4326),
        minutes=minutes,
        # Long ones may wait a week.
        earliest_day=day if minutes >= LONG else None,
        latest_day=day + WEEK if minutes >= LONG else None,
        tier=VisitTier.THIRD,
        source=Visit.Source.CSV,
        state=Visit.State.DONE if day < today else Visit.State.OPEN,
    )


def _next_monday() -> date:
    today = timezone.localdate()
    return today + timedelta(days=-today.weekday() % 7)
