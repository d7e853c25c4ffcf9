"""What field staff record on the day: kept once however often it is sent, in the order in which it happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.permissions import Permission
from routing.civil_time import LONDON, clock, day_start
from routing.models import CaseloadEntry, PlanState, RoundEvent, RoutePlan, RouteStop, StaffMember, Visit, VisitRecord
from routing.personal_details import personal_details_in
from routing.round_records import Told, told_of_visit

from .caseload import caseload_done, caseload_not_done
from .life import begin_plan
from .plans import locked

# Clocks of phones are set by their network: more is a clock that was set by hand.
CLOCK_AHEAD = timedelta(minutes=5)
MOST_AT_ONCE = 200
MOST_OF_A_NOTE = 500
NO_ACCESS_REASONS = {
    "no_answer": "No answer",
    "not_home": "Not at home",
    "declined": "Visit declined",
    "unsafe": "Not safe to enter",
    "wrong_place": "Place not found",
    "other": "Other reason",
}
KEPT, HAD, REFUSED = "kept", "had", "refused"
OF_A_VISIT = {
    kind.value
    for kind in (
        RoundEvent.Kind.ARRIVED,
        RoundEvent.Kind.DONE,
        RoundEvent.Kind.NO_ACCESS,
        RoundEvent.Kind.NOTE,
        RoundEvent.Kind.REOPENED,
    )
}


class EventRefused(ValueError):
    """One thing that was recorded cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One thing that a field worker recorded, as the device tells it. `reason`: of no access, a key of
    NO_ACCESS_REASONS.
    """

    id: UUID
    kind: str
    happened_at: datetime
    visit: UUID | None = None
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`outcome`: "kept", "had" (it was kept before) or "refused", then with the reason."""

    id: UUID
    outcome: str
    reason: str = ""


def record_event(*, plan: RoutePlan, staff: StaffMember, event: Recorded, by, now: datetime | None = None) -> Answer:
    """One event. EventRefused with the reason where it cannot be kept; see `record_events`."""
    answer = record_events(plan=plan, staff=staff, events=[event], by=by, now=now)[0]
    if answer.outcome == REFUSED:
        raise EventRefused(answer.reason)
    return answer


@transaction.atomic
def record_events(
    *, plan: RoutePlan, staff: StaffMember, events: Sequence[Recorded], by, now: datetime | None = None
) -> list[Answer]:
    """Keeps what can be kept and answers for each event, in the order given. `now`: for tests.

    An identifier that is known already is not kept again. Visits that have moved to somebody else since are accepted
    and marked. The first event of a published plan begins it. PermissionDenied for anybody's round but one's own.
    """
    if staff.user_id != by.pk or not by.has_perm(Permission.RECORD_OWN_ROUND.value, plan.organisation):
        raise PermissionDenied("Only the person whose round it is may record it.")
    now = now or timezone.now()
    book = _Book(locked(plan), staff, [event.id for event in events])
    answers, kept = {}, []
    for place, event in sorted(enumerate(events), key=lambda item: item[1].happened_at):
        try:
            row = book.row(event, by, now)
        except EventRefused as refusal:
            answers[place] = Answer(event.id, REFUSED, str(refusal))
            continue
        answers[place] = Answer(event.id, KEPT if row else HAD)
        kept += [row] if row else []
    if kept:
        _keep(book.plan, staff, kept, by)
    return [answers[place] for place in range(len(events))]


class _Book:
    """What has to be known to judge events: the person's visits, now and before, and the identifiers taken."""

    def __init__(self, plan, staff, identifiers):
        self.plan, self.staff = plan, staff
        known = RoundEvent.objects.filter(pk__in=identifiers).values_list("pk", "plan", "staff")
        self.taken = {pk: (plan_id, staff_id) for pk, plan_id, staff_id in known}
        stops = RouteStop.objects.filter(assignment__plan=plan, assignment__staff=staff, visit__isnull=False)
        self.visits = set(stops.values_list("visit", flat=True))
        self._earlier = None

    @property
    def earlier(self) -> set:
        """Visits that an earlier version of the plan gave to this person."""
        if self._earlier is None:
            references = visits_once_given(self.plan, self.staff)
            of_plan = Visit.objects.filter(plans=self.plan, reference__in=references)
            self._earlier = set(of_plan.values_list("pk", flat=True))
        return self._earlier

    def row(self, event: Recorded, by, now) -> RoundEvent | None:
        """An unsaved row; None for an event that is known. EventRefused."""
        if event.id in self.taken:
            if self.taken[event.id] != (self.plan.pk, self.staff.pk):
                raise EventRefused("Its identifier belongs to another entry. Record it again.")
            return None
        self._check_time(event.happened_at, now)
        note = _note(event)
        if event.kind in OF_A_VISIT and event.visit not in self.visits and event.visit not in self.earlier:
            raise EventRefused("This visit is not on your round.")
        self.taken[event.id] = (self.plan.pk, self.staff.pk)
        return RoundEvent(
            id=event.id,
            plan=self.plan,
            staff=self.staff,
            visit_id=event.visit,
            kind=event.kind,
            happened_at=event.happened_at,
            note=note,
            is_moved=event.visit is not None and event.visit not in self.visits,
            made_by=by,
        )

    def _check_time(self, happened_at, now):
        if happened_at > now + CLOCK_AHEAD:
            raise EventRefused(f"Its time, {clock(happened_at)}, has not come yet. Check the clock of your phone.")
        if happened_at < day_start(self.plan.day):
            raise EventRefused(f"It happened before the day of the round, {self.plan.day:%-d %B %Y}.")
        closed_at = self.plan.closed_at
        if closed_at is not None and happened_at > closed_at:
            raise EventRefused(f"The plan was closed at {clock(closed_at)}. Tell your planner what you did after that.")
        if self.plan.state not in PlanState.published():
            raise EventRefused("The plan is not published any more. Ask your planner.")


def visits_once_given(plan, staff) -> set[str]:
    """References of the visits that any version of the plan gave to this person."""
    return {
        stop["visit"]
        for routes in plan.versions.values_list("routes", flat=True)
        for route in routes
        if route["staff"] == staff.reference
        for stop in route["stops"]
        if "visit" in stop
    }


def _note(event: Recorded) -> str:
    """The text to keep. EventRefused for an event that does not say what its kind needs, or says too much."""
    if event.kind not in RoundEvent.Kind.values:
        raise EventRefused("It is of a kind that is not known here. Load the page again.")
    if (event.kind in OF_A_VISIT) != (event.visit is not None):
        raise EventRefused("It does not say which visit is meant." if event.visit is None else "It names a visit.")
    if event.kind == RoundEvent.Kind.NO_ACCESS:
        if event.reason not in NO_ACCESS_REASONS:
            raise EventRefused("Choose why there was no access.")
        return NO_ACCESS_REASONS[event.reason]
    text = event.note.strip()
    if event.kind != RoundEvent.Kind.NOTE:
        return ""
    if not text:
        raise EventRefused("Write the note first.")
    if len(text) > MOST_OF_A_NOTE:
        raise EventRefused(f"The note is {len(text)} characters long; at most {MOST_OF_A_NOTE} are kept.")
    if found := personal_details_in(text):
        raise EventRefused(f"The note seems to hold {found}. Leave personal details out, and record it again.")
    return text


def _keep(plan, staff, rows, by):
    RoundEvent.objects.bulk_create(rows)
    visits = {row.visit_id for row in rows if row.visit_id is not None}
    changed = [
        change
        for visit in Visit.objects.filter(pk__in=visits).order_by("pk").select_for_update()
        if (change := _renew(plan, staff, visit))
    ]
    # All that is changed below is locked here: from the first audit event on nobody must be waited for.
    entries = [visit.caseload_entry_id for visit, _, _ in changed]
    list(CaseloadEntry.objects.filter(pk__in=entries).order_by("pk").select_for_update().values_list("pk"))
    if plan.state == PlanState.PUBLISHED:
        begin_plan(plan=plan, by=by, at=min(row.happened_at for row in rows))
    for visit, before, told in changed:
        _tell_caseload(visit, before, told, by)
    audit.record(
        action="round.recorded",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={
            "staff": str(staff.pk),
            "events": [
                {"id": str(row.pk), "kind": row.kind, "visit": str(row.visit_id or ""), "moved": row.is_moved}
                for row in rows
            ],
        },
    )


def _renew(plan, staff, visit) -> tuple[Visit, str, Told] | None:
    """Record and state of a visit say what all its events say now. The visit, its state before and what was told, where
    the state is another.
    """
    told = told_of_visit(RoundEvent.objects.filter(plan=plan, staff=staff, visit=visit), MOST_OF_A_NOTE)
    VisitRecord.objects.update_or_create(
        plan=plan,
        staff=staff,
        visit=visit,
        defaults={
            "arrived_at": told.arrived_at,
            "finished_at": told.finished_at,
            "outcome": told.outcome,
            "note": told.note,
        },
    )
    before, visit.state = visit.state, _state(plan, visit)
    if visit.state == before:
        return None
    visit.save(update_fields=["state"])
    return visit, before, told


def _state(plan, visit) -> str:
    """Done when anybody did it. What was not done is settled when the plan is closed, and not changed after that."""
    outcomes = set(VisitRecord.objects.filter(plan=plan, visit=visit).values_list("outcome", flat=True))
    if VisitRecord.Outcome.DONE in outcomes:
        return Visit.State.DONE
    if plan.state == PlanState.CLOSED:
        return Visit.State.OPEN if visit.state == Visit.State.DONE else visit.state
    return Visit.State.NO_ACCESS if VisitRecord.Outcome.NO_ACCESS in outcomes else Visit.State.PLANNED


def _tell_caseload(visit, before, told, by):
    """The person on the caseload is due again from the day of the visit, or from before where it was not done."""
    if visit.state == Visit.State.DONE and told.finished_at is not None:
        caseload_done(visit=visit, day=told.finished_at.astimezone(LONDON).date(), by=by)
    elif before == Visit.State.DONE:
        caseload_not_done(visit=visit, by=by)
