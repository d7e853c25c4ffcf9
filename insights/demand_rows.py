"""What the demand of teams is worked out from, read for a whole organisation at once: a fixed number of queries,
however many teams there are. Rows become the plain objects of `insights.demand`; nobody's name or reference leaves.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum

from insights.demand.capacity import Duty
from insights.demand.falling_due import Recurring
from insights.demand.requests import WEEKS_LOOKED_AT, Request
from insights.demand.week_calendar import WEEK, monday_of, weeks_ahead
from insights.demand.weeks import Booked
from routing.civil_time import LONDON
from routing.models import (
    Absence,
    CaseloadEntry,
    PlanState,
    RouteAssignment,
    RouteStop,
    Shift,
    StaffSkill,
    UnservedVisit,
    Visit,
    VisitRecord,
)

MINUTE = timedelta(minutes=1)
# A visit with the same reference so soon after one that found nobody is its repeat, not a new request.
REPEAT_WITHIN = timedelta(days=28)
# Open visits of so many days before that were not made for a later day still wait. Those of a caseload, or due by the
# priority of their area, are due by themselves.
WAITING = timedelta(days=14)
WAIT = (Visit.Source.CSV, Visit.Source.MANUAL)
# Shifts of the weeks before say up to which weekday a team's rota usually reaches.
ROTA_BEFORE = 2 * WEEK
STANDING = (Visit.State.OPEN, Visit.State.PLANNED, Visit.State.DONE, Visit.State.NO_ACCESS)


@dataclass(frozen=True, slots=True)
class _Row:
    """A visit as read; `key`: the same for what was put off to another day and made again."""

    team: object
    reference: str
    day: date
    key: tuple
    made_at: datetime
    minutes: int
    source: str
    state: str
    earliest: date | None
    latest: date | None
    entry: object
    pk: object
    is_settled_otherwise: bool


class DemandRows:
    """Of all teams of an organisation, seen at `now`. Each part by the team's identifier."""

    def __init__(self, organisation, now: datetime):
        self.organisation, self.now = organisation, now
        self.today = now.astimezone(LONDON).date()
        self.weeks = weeks_ahead(self.today)
        self.last_day = self.weeks[-1] + timedelta(days=6)
        self.history_from = monday_of(self.today) - WEEK * WEEKS_LOOKED_AT

    @cached_property
    def _visits(self) -> dict[object, list[_Row]]:
        decided = UnservedVisit.objects.filter(
            visit=OuterRef("pk"),
            plan__state__in=PlanState.binding(),
            decision__in=[UnservedVisit.Decision.HANDED_OVER, UnservedVisit.Decision.NOT_NEEDED],
        )
        rows = (
            Visit.objects.for_organisation(self.organisation)
            .filter(day__range=(self.history_from - REPEAT_WITHIN, self.last_day), state__in=STANDING)
            .annotate(gone=Exists(decided))
            .order_by("day", "created_at")
            .values_list(
                *("team_id", "reference", "day", "first_due", "created_at", "minutes", "staff_required", "source"),
                *("state", "earliest_day", "latest_day", "caseload_entry_id", "pk", "gone"),
            )
        )
        found = defaultdict(list)
        for team, reference, day, due, made, minutes, staff, source, state, early, late, entry, pk, gone in rows:
            key = (reference, due or day)
            row = _Row(team, reference, day, key, made, minutes * staff, source, state, early, late, entry, pk, gone)
            found[team].append(row)
        return found

    def booked(self, team) -> list[Booked]:
        """Visits of the weeks ahead, each once, on the last day for which it was made; those that still wait stand on
        the first day.
        """
        first = self.weeks[0]
        last = {row.key: row for row in self._visits[team] if not row.is_settled_otherwise}
        return [
            Booked(
                max(row.day, first), row.minutes, row.earliest, row.latest, self._visit_skills.get(row.pk, frozenset())
            )
            for row in last.values()
            if row.day >= first or self._waits(row)
        ]

    def _waits(self, row: _Row) -> bool:
        is_past = self.today - WAITING <= row.day < self.today
        return is_past and row.state == Visit.State.OPEN and row.source in WAIT

    def requests(self, team) -> list[Request]:
        """What was asked for in the weeks looked at, each once, on the first day for which it was meant; without the
        caseload, which is known ahead, and without repeats of visits that found nobody.
        """
        first, nobody = {}, {}
        for row in self._visits[team]:
            before = nobody.get(row.reference)
            is_repeat = before is not None and before[1] != row.key and row.day - before[0] <= REPEAT_WITHIN
            if row.source != Visit.Source.CASELOAD and not is_repeat:
                first.setdefault(row.key, row)
            if row.pk in self._found_nobody:
                nobody[row.reference] = (row.day, row.key)
        return [Request(row.day, row.made_at, row.minutes) for row in first.values() if row.day >= self.history_from]

    @cached_property
    def _found_nobody(self) -> set:
        """Visits at which nobody opened; their state tells no more once the day is closed."""
        records = VisitRecord.objects.for_organisation(self.organisation).filter(
            plan__day__gte=self.history_from - REPEAT_WITHIN, outcome=VisitRecord.Outcome.NO_ACCESS
        )
        return set(records.order_by().values_list("visit_id", flat=True))

    @cached_property
    def since(self) -> dict:
        """The day of each team's first request ever."""
        visits = Visit.objects.for_organisation(self.organisation).exclude(source=Visit.Source.CASELOAD)
        return dict(visits.order_by().values_list("team_id").annotate(first=Min("day")))

    @cached_property
    def _visit_skills(self) -> dict[object, frozenset]:
        ahead = Visit.objects.for_organisation(self.organisation).filter(
            day__range=(self.today - WAITING, self.last_day), skills__isnull=False
        )
        return _grouped(ahead.order_by().values_list("pk", "skills__code"))

    def recurring(self, team) -> list[Recurring]:
        return self._recurring[team]

    @cached_property
    def _recurring(self) -> dict[object, list[Recurring]]:
        entries = CaseloadEntry.objects.for_organisation(self.organisation).active()
        skills = _grouped(entries.filter(skills__isnull=False).order_by().values_list("pk", "skills__code"))
        booked: dict[object, date] = {}
        for rows in self._visits.values():
            for row in rows:
                if row.entry and row.day >= self.today and row.state in (Visit.State.OPEN, Visit.State.PLANNED):
                    booked[row.entry] = max(row.day, booked.get(row.entry, row.day))
        found = defaultdict(list)
        fields = ("pk", "team_id", "next_due", "interval_days", "minutes", "staff_required", "most_days_late")
        for pk, team, due, interval, minutes, staff, late in entries.order_by("pk").values_list(*fields):
            entry = Recurring(due, interval, minutes * staff, late, booked.get(pk), skills.get(pk, frozenset()))
            found[team].append(entry)
        return found

    def duties(self, team) -> list[Duty]:
        return self._duties[team]

    @cached_property
    def _duties(self) -> dict[object, list[Duty]]:
        span = (self.weeks[0] - ROTA_BEFORE, self.last_day)
        shifts = (
            Shift.objects.for_organisation(self.organisation)
            .filter(day__range=span, staff__is_active=True, staff__only_in__isnull=True)
            .order_by("day", "pk")
            .values_list(
                *("staff__team_id", "staff_id", "day", "starts_at", "ends_at", "break_minutes", "staff__max_visits")
            )
        )
        found = defaultdict(list)
        for team, person, day, starts, ends, rest, most in shifts:
            minutes = max(0.0, (ends - starts) / MINUTE - rest)
            away = any(first <= day <= last for first, last in self._absences.get(person, ()))
            found[team].append(Duty(str(person), day, minutes, most, away, self._skills_on(person, day)))
        return found

    @cached_property
    def _absences(self) -> dict:
        found = defaultdict(list)
        absences = Absence.objects.for_organisation(self.organisation).filter(
            first_day__lte=self.last_day, last_day__gte=self.weeks[0] - ROTA_BEFORE
        )
        for person, first, last in absences.values_list("staff_id", "first_day", "last_day"):
            found[person].append((first, last))
        return found

    def _skills_on(self, person, day) -> frozenset[str]:
        return frozenset(code for code, until in self._skills.get(person, ()) if until is None or day <= until)

    @cached_property
    def _skills(self) -> dict:
        found = defaultdict(list)
        records = StaffSkill.objects.for_organisation(self.organisation)
        for person, code, until in records.order_by().values_list("staff_id", "skill__code", "expires_on"):
            found[person].append((code, until))
        return found

    @property
    def records(self):
        """Settled parts of visits over the weeks looked at; nobody's name is read from them."""
        since = self.history_from
        return VisitRecord.objects.for_organisation(self.organisation).filter(
            plan__day__gte=since, plan__day__lt=self.today, outcome__in=VisitRecord.Outcome.values
        )

    @cached_property
    def settled(self) -> dict[object, tuple[int, int]]:
        """Of each team: visits that found nobody, and all that were settled."""
        numbers: dict[object, Counter] = defaultdict(Counter)
        rows = (
            self.records.order_by()
            .values_list("plan__team_id", "outcome")
            .annotate(number=Count("visit", distinct=True))
        )
        for team, outcome, number in rows:
            numbers[team][outcome] += number
        return {team: (each[VisitRecord.Outcome.NO_ACCESS], each.total()) for team, each in numbers.items()}

    @cached_property
    def driven(self) -> dict[object, tuple[float, int]]:
        """Of each team: minutes of driving in plans that were approved, ways back included, and visits in them."""
        plans = Q(plan__state__in=PlanState.binding(), plan__day__gte=self.history_from, plan__day__lte=self.last_day)
        rounds = RouteAssignment.objects.for_organisation(self.organisation).filter(plans)
        seconds = dict(rounds.order_by().values_list("plan__team_id").annotate(all=Sum("travel_seconds")))
        stops = RouteStop.objects.for_organisation(self.organisation).filter(
            visit__isnull=False,
            assignment__plan__state__in=PlanState.binding(),
            assignment__plan__day__range=(self.history_from, self.last_day),
        )
        visits = dict(stops.order_by().values_list("assignment__plan__team_id").annotate(all=Count("pk")))
        return {team: (seconds.get(team, 0) / 60, number) for team, number in visits.items()}


def _grouped(pairs: Iterator[tuple]) -> dict[object, frozenset]:
    found = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: frozenset(values) for key, values in found.items()}
