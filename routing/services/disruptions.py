"""Something happened to a published plan: report it, have the plan mended in the background, use the change or not."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, jobs
from accounts.models import JobState
from accounts.permissions import Permission
from routing.civil_time import LONDON, clock
from routing.mending import DayMovedOn, DisruptionRefused, Mended, happening, mended, moment_of_mending
from routing.models import Absence, Disruption, PlanState, PlanVersion, RoutePlan, Visit
from routing.planning.replanning import UnfitDisruption
from routing.problem_building import NothingToPlan

from .day_changes import set_visit_states
from .decisions import permit
from .new_visits import NewVisit, create_visit
from .plans import PlanStateError, locked
from .proposals import SolutionRefused, accepted, record_version, store_routes
from .round_news import named, tell_of_rounds

REPLAN_KIND = "routing.replan"
MOST_MINUTES = 720
WATCHDOG = audit.SystemActor("routing:watchdog")
Kind, State = Disruption.Kind, Disruption.State


class PlanChanged(PlanStateError):
    """The plan or the day is not any more what the answer was worked out for."""


@transaction.atomic
def report_disruption(
    *, plan: RoutePlan, kind: str, at: datetime, staff=None, visit=None, minutes=None, new_visit: NewVisit = None, by
) -> Disruption:
    """What happened, and the search for a mended plan in the background. Returns the Disruption with its job.

    `visit`: a visit of the plan, for an urgent one an open visit of the team; `new_visit`: an urgent one that is not
    known yet. PermissionDenied, PlanStateError where the plan is not published, DisruptionRefused and ValidationError
    where what is said does not fit the plan.
    """
    permit(by, Permission.EDIT_PLANS, plan)
    plan = locked(plan)
    _check_running(plan)
    _check_said(plan, kind, at, staff, minutes)
    if kind == Kind.URGENT and visit is None and new_visit is not None:
        visit = create_visit(team=plan.team, day=plan.day, asked=new_visit, by=by)
    _check_visit(plan, kind, visit)
    disruption = Disruption(
        plan=plan,
        kind=kind,
        at=at,
        staff=staff if kind in (Kind.SICK, Kind.LATE) else None,
        visit=visit if kind in (Kind.URGENT, Kind.OVERRUN, Kind.NO_ACCESS) else None,
        minutes=minutes if kind in (Kind.LATE, Kind.OVERRUN) else None,
        based_on=plan.version,
        made_by=by if hasattr(by, "email") else None,
    )
    # Refused here, where somebody reads it, rather than by the worker.
    _read(disruption)
    disruption.save()
    _queue(disruption, by)
    audit.record(
        action="disruption.reported",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"kind": kind, "disruption": str(disruption.pk), "version": plan.version},
    )
    return disruption


@transaction.atomic
def work_out_again(*, disruption: Disruption, by) -> Disruption:
    """The same for the plan as it is now. PlanStateError when it is being worked out, or was settled."""
    plan = _locked(disruption, by)
    disruption.refresh_from_db()
    if disruption.state not in (State.PROPOSED, State.FAILED):
        raise PlanStateError(f"This is settled: {disruption.get_state_display().lower()}.")
    disruption.plan = plan
    _read(disruption)
    disruption.state, disruption.based_on, disruption.answer, disruption.note = State.WORKING, plan.version, {}, ""
    _queue(disruption, by)
    return disruption


@transaction.atomic
def take_on_disruption(*, disruption: Disruption, job) -> Disruption:
    """What a worker does first. A job that was tried again from the list of jobs finds it failed and takes it on anew;
    PlanChanged where somebody else has it, or it was settled.
    """
    plan = locked(disruption.plan)
    disruption = (
        Disruption.objects.select_for_update(of=("self",)).select_related("staff", "visit").get(pk=disruption.pk)
    )
    disruption.plan = plan
    if disruption.job_id != job.pk or disruption.state not in (State.WORKING, State.FAILED):
        raise PlanChanged("This has been settled, or somebody else is working on it.")
    disruption.state, disruption.based_on, disruption.note = State.WORKING, plan.version, ""
    disruption.save(update_fields=["state", "based_on", "note"])
    return disruption


@transaction.atomic
def store_answer(*, disruption: Disruption, answer: dict, job, by) -> Disruption:
    """What the worker found is proposed; nothing of the plan changes. PlanChanged as `take_on_disruption`."""
    stored = Disruption.objects.select_for_update().get(pk=disruption.pk)
    if stored.state != State.WORKING or stored.job_id != job.pk:
        raise PlanChanged("This has been settled, or somebody else is working on it.")
    disruption.state, disruption.answer, disruption.note = State.PROPOSED, answer, ""
    disruption.save(update_fields=["state", "answer", "note"])
    audit.record(
        action="disruption.change_proposed",
        by=by,
        organisation=disruption.organisation,
        target=disruption.plan,
        details={
            "disruption": str(disruption.pk),
            "people": [len(each["others"]) for each in answer["alternatives"]],
        },
    )
    return disruption


@transaction.atomic
def release_disruption(*, disruption: Disruption, job, note: str, by) -> Disruption:
    """Give the search up: the plan is as it was, and it can be tried again. Nothing where it waits for another job."""
    disruption = Disruption.objects.select_for_update(of=("self",)).select_related("plan").get(pk=disruption.pk)
    if disruption.state != State.WORKING or disruption.job_id != (job.pk if job else None):
        return disruption
    disruption.state, disruption.note = State.FAILED, note[:300]
    disruption.save(update_fields=["state", "note"])
    audit.record(
        action="disruption.no_change_found",
        by=by,
        organisation=disruption.organisation,
        target=disruption.plan,
        details={"disruption": str(disruption.pk)},
    )
    return disruption


def settle_interrupted_disruptions(*, disruptions=None) -> list[Disruption]:
    """Free every disruption whose job has ended without telling it. Cheap: pages call it whenever they are shown."""
    ended = jobs.abandoned(
        (disruptions if disruptions is not None else Disruption.objects.all()).filter(state=State.WORKING)
    )
    return [release_disruption(disruption=each, job=each.job, note=_why(each.job), by=WATCHDOG) for each in ended]


def _why(job) -> str:
    if job is not None and job.state == JobState.CANCELLED:
        return "The search was stopped. The plan is as it was."
    if job is not None and job.state == JobState.FAILED:
        return f"{job.message} The plan is as it was."
    return "The search was interrupted before there was a change. The plan is as it was: try again."


def apply_disruption(*, disruption: Disruption, alternative: str, absent: bool = False, by) -> RoutePlan:
    """The mended plan becomes the plan; people whose round changes are told. `absent`: whoever is sick is put down as
    absent for the day.

    PlanStateError when it is not proposed or the plan not published; PlanChanged when the plan or the day has changed
    since it was worked out.
    """
    permit(by, Permission.EDIT_PLANS, disruption.plan)
    lines = _lines_of(disruption, alternative)
    return _apply(disruption=disruption, alternative=alternative, absent=absent, lines=lines, by=by)


def _lines_of(disruption, alternative):
    """Ways along the roads, before the plan is locked: a road network may take its time."""
    _check_proposed(disruption, disruption.plan)
    found = _held_against_today(disruption, alternative)
    found.built.draw(found.verdict.routes)
    return found.built.lines


@transaction.atomic
def _apply(*, disruption, alternative, absent, lines, by):
    plan = _locked(disruption, by)
    disruption = (
        Disruption.objects.select_for_update(of=("self",)).select_related("staff", "visit").get(pk=disruption.pk)
    )
    disruption.plan = plan
    _check_proposed(disruption, plan)
    found = _held_against_today(disruption, alternative)
    found.built.lines.update(lines)
    told = next(each for each in disruption.answer["alternatives"] if each["key"] == alternative)
    _keep_visits_right(plan, disruption, found, by)
    store_routes(plan, found.built, found.solution, found.verdict)
    summary = summary_of(disruption, told)
    record_version(plan, found.solution, found.verdict, origin=PlanVersion.Origin.REPLANNED, summary=summary, by=by)
    disruption.state, disruption.settled_by, disruption.settled_at = State.APPLIED, by, timezone.now()
    disruption.answer["applied"] = alternative
    disruption.save(update_fields=["state", "settled_by", "settled_at", "answer"])
    if absent and disruption.kind == Kind.SICK:
        _put_down_as_absent(disruption, by)
    people = sorted(told["people"])
    news = f"Your round on {plan.day:%A %-d %B} has changed. Look at it before you go on."
    notified = tell_of_rounds(plan, named(plan, people), news)
    audit.record(
        action="plan.mended",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={
            "disruption": str(disruption.pk),
            "kind": disruption.kind,
            "version": plan.version,
            "people": len(people),
            "moved": len(told["moved"]),
            "told": notified,
        },
    )
    return plan


@transaction.atomic
def discard_disruption(*, disruption: Disruption, by) -> Disruption:
    """The proposed change is not used; the plan stays as it is. An urgent visit stays open. PlanStateError when it was
    settled, or is being worked out.
    """
    plan = _locked(disruption, by)
    disruption = Disruption.objects.select_for_update(of=("self",)).get(pk=disruption.pk)
    if disruption.state not in (State.PROPOSED, State.FAILED):
        raise PlanStateError(f"This cannot be put aside: {disruption.get_state_display().lower()}.")
    disruption.state, disruption.settled_by, disruption.settled_at = State.DISCARDED, by, timezone.now()
    disruption.save(update_fields=["state", "settled_by", "settled_at"])
    audit.record(
        action="disruption.discarded",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"disruption": str(disruption.pk), "kind": disruption.kind},
    )
    return disruption


def summary_of(disruption: Disruption, told: dict) -> str:
    """One line for the list of versions."""
    whom = disruption.staff or disruption.visit
    others = len(told["others"])
    return (
        f"{disruption.get_kind_display()} ({whom}, {clock(disruption.at)}): "
        f"{len(told['moved'])} visits move, {others} {'person changes' if others == 1 else 'people change'}."
    )


def _check_running(plan):
    if plan.state not in PlanState.running():
        raise PlanStateError(
            f"Only a published plan can be changed this way; this one is {plan.get_state_display().lower()}."
        )


def _check_said(plan, kind, at, staff, minutes):
    if at.astimezone(LONDON).date() != plan.day:
        raise DisruptionRefused({"at": f"The plan is for {plan.day:%-d %B %Y}: give a time of that day."})
    ends = [each.shift.ends_at for each in plan.assignments.select_related("shift")]
    if ends and at >= max(ends):
        raise DisruptionRefused({"at": f"Every shift is over by {clock(max(ends))}: give an earlier time."})
    if kind in (Kind.SICK, Kind.LATE):
        if staff is None:
            raise DisruptionRefused({"staff": "Say who it is."})
        if not plan.assignments.filter(staff=staff).exists():
            raise DisruptionRefused({"staff": f"{staff} has no visits in this plan."})
    if kind in (Kind.LATE, Kind.OVERRUN) and not (minutes and 1 <= minutes <= MOST_MINUTES):
        raise DisruptionRefused({"minutes": f"Give the minutes in figures, from 1 to {MOST_MINUTES}."})


def _check_visit(plan, kind, visit):
    if kind not in (Kind.URGENT, Kind.OVERRUN, Kind.NO_ACCESS):
        return
    if visit is None:
        raise DisruptionRefused({"visit": "Say which visit it is."})
    if visit.team_id != plan.team_id or visit.day != plan.day:
        raise DisruptionRefused({"visit": f"{visit} is no visit of {plan.team} on that day."})


def _read(disruption):
    """Whether what was said can be read against the plan as it is now."""
    try:
        happening(disruption, moment_of_mending(disruption))
    except (UnfitDisruption, NothingToPlan) as error:
        raise DisruptionRefused(_sentence(error)) from error


def _sentence(error) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _queue(disruption, by):
    plan = disruption.plan
    disruption.job = jobs.enqueue(
        kind=REPLAN_KIND,
        title=f"{disruption.get_kind_display()}: mend {plan.name}",
        payload={"disruption": str(disruption.pk)},
        by=by,
        organisation=plan.organisation,
        url=reverse("plan-disruption", args=[plan.pk, disruption.pk]),
    )
    disruption.save()


def _locked(disruption, by) -> RoutePlan:
    permit(by, Permission.EDIT_PLANS, disruption.plan)
    plan = locked(disruption.plan)
    _check_running(plan)
    return plan


def _check_proposed(disruption, plan):
    if disruption.state != State.PROPOSED:
        raise PlanStateError(f"There is no proposed change: {disruption.get_state_display().lower()}.")
    _check_running(plan)
    if plan.version != disruption.based_on:
        raise PlanChanged("The plan has changed since: work it out again.")


def _held_against_today(disruption, alternative) -> Mended:
    try:
        return mended(disruption, alternative, accepted)
    except (DayMovedOn, SolutionRefused) as error:
        raise PlanChanged("The day has moved on since: work it out again.") from error


def _keep_visits_right(plan, disruption, found: Mended, by):
    """Visits that are not served any more are open again, those that are served now are planned."""
    if disruption.kind == Kind.URGENT:
        plan.visits.add(disruption.visit)
    set_visit_states(plan, {name for route in found.verdict.routes for name in route.visits}, by)
    if disruption.kind == Kind.NO_ACCESS:
        Visit.objects.filter(pk=disruption.visit_id).update(state=Visit.State.NO_ACCESS)


def _put_down_as_absent(disruption, by):
    person, day = disruption.staff, disruption.plan.day
    if Absence.objects.filter(staff=person).on_day(day).exists():
        return
    from .people import save_absence

    save_absence(person=person, first_day=day, last_day=day, kind=Absence.Kind.SICKNESS, by=by)
