"""Visits for the people on a caseload who are due."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from accounts import audit
from lsoa.models import Area
from routing.caseload import due_date
from routing.caseload.review import calendar_for
from routing.civil_time import instant_or_later
from routing.models import CaseloadEntry, RoutePlan, Visit, VisitTier
from routing.places import decile_of, planned_in

from .caseload import busy_entries
from .plans import check_plan_limit, create_plan
from .visit_rows import store_visits
from .visits import MAX_VISITS, NoVisits, VisitIntake

# Where the area has no priority: neither first nor last. The report of the plan counts such visits.
TIER_WITHOUT_PRIORITY = VisitTier.THIRD
# A plan over several days makes a review early by this part of its interval at most, by a day at least: a judgement.
EARLY_PART = 4
# Bank holidays bring a due day forward by no more than this.
MOST_BROUGHT_FORWARD = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class DueEntry:
    """Somebody who is due on `due`: a working day, brought forward where `next_due` is none."""

    entry: CaseloadEntry
    due: date


def due_entries(team, until: date) -> list[DueEntry]:
    """People on the caseload who fall due by the civil day `until`, the longest overdue first."""
    entries = (
        CaseloadEntry.objects.filter(team=team)
        .due_by(until + MOST_BROUGHT_FORWARD)
        .for_display()
        .prefetch_related("preferred_staff", "plus_groups")
    )
    due = [DueEntry(entry, due_on(entry)) for entry in entries]
    return sorted((each for each in due if each.due <= until), key=lambda each: (each.due, each.entry.reference))


def due_on(entry: CaseloadEntry) -> date:
    """The working day by which the next visit is to be made: bank holidays and weekends bring it forward."""
    return due_date(entry.next_due - timedelta(days=entry.interval_days), entry.interval_days)


def limit_of(entry: CaseloadEntry, due: date) -> date | None:
    """The last working day by which the visit must be done; None where the entry has no limit."""
    if entry.most_days_late is None:
        return None
    latest = entry.next_due + timedelta(days=entry.most_days_late)
    return max(due, calendar_for(entry.interval_days).on_or_before(latest))


def earliest_of(entry: CaseloadEntry, due: date) -> date:
    """The first day to which a review that is due on `due` may be brought forward: a quarter of its interval earlier, a
    day at least where it is less often than daily, and never on the day of the last visit.
    """
    early = max(1, entry.interval_days // EARLY_PART) if entry.interval_days > 1 else 0
    earliest = due - timedelta(days=early)
    return earliest if entry.last_done is None else min(due, max(earliest, entry.last_done + timedelta(days=1)))


@transaction.atomic
def make_visits_from_caseload(*, team, day: date, until: date | None = None, by) -> VisitIntake:
    """Visits for everybody on the caseload who is due by the day, or from the day to `until` (both included).

    Somebody who has an open or planned visit already gets no second; an open one of the same day is taken again. With
    `until`, who falls due later stands on that day, and may be moved from `day` (not too early, see `earliest_of`) to
    the clinical limit or `until`. NoVisits when nobody is due.
    """
    last = until or day
    if last < day:
        raise ValidationError("The last day is before the first.")
    # Two planners at once must not make the same visits twice: the second waits here for the first.
    list(CaseloadEntry.objects.filter(team=team).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    due = due_entries(team, last)
    elsewhere = busy_entries(team, day)
    of_day = {(visit.day, visit.reference): visit for visit in Visit.objects.filter(team=team, day__range=(day, last))}
    new, kept, busy = [], [], 0
    for each in due:
        known = of_day.get((max(day, each.due), each.entry.reference))
        if known is not None and known.state == Visit.State.OPEN:
            kept.append(known)
        elif known is not None or each.entry.pk in elsewhere:
            busy += 1
        else:
            new.append(each)
    if not new and not kept:
        raise NoVisits(_nobody(team, last, busy))
    if len(new) + len(kept) > MAX_VISITS:
        raise ValidationError(f"{len(new) + len(kept):,} people are due; at most {MAX_VISITS:,} are planned at once.")
    made, unscored = _store(new, team=team, day=day, until=until)
    audit.record(
        action="visits.made_from_caseload",
        by=by,
        organisation=team.organisation,
        target=team,
        details={"day": str(day), "until": str(last), "new": len(made), "kept": len(kept), "busy": busy},
    )
    report = {
        "source": Visit.Source.CASELOAD,
        "due": len(due),
        "overdue": sum(each.due < day for each in due),
        "busy": busy,
        "without_priority": unscored,
    }
    return VisitIntake(visits=[*kept, *made], report=report)


@transaction.atomic
def plan_from_caseload(*, team, day: date, name: str = "", seconds: int = 30, by) -> RoutePlan:
    """A draft with a visit for everybody on the caseload who is due. See `make_visits_from_caseload`."""
    check_plan_limit(team.organisation)
    intake = make_visits_from_caseload(team=team, day=day, by=by)
    return create_plan(
        organisation=team.organisation, team=team, day=day, name=name, intake=intake, seconds=seconds, by=by
    )


def _nobody(team, last, busy) -> str:
    if not busy:
        return f"Nobody on the caseload of {team} is due by {last:%A %-d %B %Y}."
    people = "The one person who is" if busy == 1 else f"All {busy} people who are"
    has = "has" if busy == 1 else "have"
    return f"{people} due by {last:%A %-d %B %Y} {has} an open or planned visit already."


def _store(due: list[DueEntry], *, team, day, until) -> tuple[list[Visit], int]:
    """The visits, and how many of them are in areas without a priority."""
    entries = [each.entry for each in due]
    codes = {entry.area.code for entry in entries}
    areas = Area.objects.filter(code__in=codes).defer("geometry").annotate(imd_decile=F("profile__values__imd_decile"))
    deciles = {area.pk: decile_of(area) for area in areas}
    priorities, _ = planned_in(areas, team.organisation)
    visits = [_visit(each, team, day, until, priorities, deciles) for each in due]
    made = store_visits(
        visits,
        skills=[entry.skills.all() for entry in entries],
        preferred_staff=[entry.preferred_staff.all() for entry in entries],
        plus_groups=[entry.plus_groups.all() for entry in entries],
    )
    return made, sum(entry.area_id not in priorities for entry in entries)


def _visit(each: DueEntry, team, day, until, priorities, deciles) -> Visit:
    entry, stands = each.entry, max(day, each.due)
    limit, decile, priority = limit_of(entry, each.due), deciles[entry.area_id], priorities.get(entry.area_id)
    movable = until is not None and until > day
    opens, closes = entry.window_opens, entry.window_closes
    return Visit(
        organisation=team.organisation,
        team=team,
        reference=entry.reference,
        day=stands,
        area=entry.area,
        postcode=entry.postcode,
        point=entry.point,
        minutes=entry.minutes,
        window_start=None if opens is None else instant_or_later(stands, opens),
        window_end=None if closes is None else instant_or_later(stands, closes),
        staff_required=entry.staff_required,
        caseload_entry=entry,
        tier=TIER_WITHOUT_PRIORITY if priority is None else VisitTier.of(priority, decile),
        priority=priority,
        imd_decile=decile,
        first_due=each.due,
        clinical_limit=limit,
        earliest_day=max(day, earliest_of(entry, each.due)) if movable else None,
        latest_day=max(stands, min(until, limit or until)) if movable else None,
        source=Visit.Source.CASELOAD,
    )
