"""Plans whose time is over: who worked and who was visited is not known any more, and every figure stays.

Each round of an old plan goes over to a stand-in, who belongs to that plan alone (as people made up for a scenario do)
and has no home: rounds of two days cannot be told to be the same person's. Times, distances, tiers, groups and areas
stay, so that equity and mileage can be counted for as long as anybody asks.
"""

from uuid import uuid4

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.privacy.mentions import Replacement

from .models import (
    Disruption,
    PlanAdjustment,
    RoundAlert,
    RoundEvent,
    RouteAssignment,
    RoutePlan,
    Shift,
    StaffMember,
    Visit,
    VisitRecord,
    WeekPlan,
)
from .visited_people import forget_notes, forget_ways

# What stands for a reason that a decision must have and that may name people.
WORDS_GONE = "The words are not kept any more."
PAST = "past-"
SHIFT_FIELDS = ("day", "starts_at", "ends_at", "break_minutes", "break_earliest", "break_latest")
STAFF_FIELDS = ("team_id", "base_id", "travel_profile", "max_visits", "max_drive_minutes", "overtime_minutes")


def past_reference(visit_pk) -> str:
    """What an old visit is called: made from its row, so that versions of plans and visits go on agreeing."""
    return f"{PAST}{visit_pk.hex[:12]}"


def due_plans(before):
    return RoutePlan.objects.filter(day__lt=before.date(), pseudonymised_at__isnull=True)


def due_visits(before, plans_to_come=None):
    """Once no plan calls them by their reference any more (`plans_to_come`: that will have forgotten it by then)."""
    named = RoutePlan.objects.filter(visits=OuterRef("pk"), pseudonymised_at__isnull=True)
    if plans_to_come is not None:
        named = named.exclude(pk__in=plans_to_come.values("pk"))
    return Visit.objects.filter(day__lt=before.date()).exclude(_is_past()).exclude(Exists(named))


def due_shifts(before, plans_to_come=None):
    """Without a round, or with rounds of plans alone whose stand-ins will have shifts of their own by then."""
    rounds = RouteAssignment.objects.filter(shift=OuterRef("pk"))
    if plans_to_come is not None:
        rounds = rounds.exclude(plan__in=plans_to_come.values("pk"))
    return Shift.objects.filter(day__lt=before.date()).exclude(Exists(rounds))


def _is_past():
    return Q(reference__regex=rf"^{PAST}[0-9a-f]{{12}}$")


def pseudonymise_plans(plans) -> int:
    done = 0
    for plan in plans.select_related("team").select_for_update(of=("self",)):
        if plan.pseudonymised_at is None:
            _pseudonymise(plan)
            done += 1
    return done


def pseudonymise_visits(visits) -> int:
    done = 0
    for visit in visits.only("pk"):
        visit.preferred_staff.clear()
        visit.excluded_staff.clear()
        done += Visit.objects.filter(pk=visit.pk).update(reference=past_reference(visit.pk), caseload_entry=None)
    return done


def _pseudonymise(plan: RoutePlan) -> None:
    forget_notes(RoundEvent.objects.filter(plan=plan))
    VisitRecord.objects.filter(plan=plan).exclude(note="").update(note="")
    forget_ways(RouteAssignment.objects.filter(plan=plan))
    # Anybody of the team may be named in what was planned.
    team = {staff.pk: staff for staff in plan.team.staff.all()}
    stand_ins = _stand_ins(plan, team)
    _forget_words(plan, _names(plan, team, stand_ins))
    _hand_over(plan, stand_ins)
    RoutePlan.objects.filter(pk=plan.pk).update(pseudonymised_at=timezone.now())


def _stand_ins(plan, team) -> dict:
    """Stand-in by the key of the person, for everybody who has a part in the plan, in an order that tells nothing."""
    parts = [RouteAssignment, RoundEvent, VisitRecord, RoundAlert, Disruption]
    keys = {key for part in parts for key in part.objects.filter(plan=plan).values_list("staff", flat=True)} - {None}
    made = {}
    for number, key in enumerate(sorted(keys, key=lambda key: uuid4().hex), start=1):
        values = {name: getattr(team[key], name) for name in STAFF_FIELDS}
        made[key] = StaffMember(
            **values, display_name=f"Person {number}", reference=f"{PAST}{uuid4().hex[:12]}", is_active=False,
            works_alone=False, only_in=plan,
        )  # fmt: skip
    StaffMember.objects.bulk_create(made.values())
    return made


def _names(plan, team, stand_ins) -> Replacement:
    """References of staff and visits become those of stand-ins and old visits; names go."""
    named = Q(plans=plan) | Q(unserved_in__plan=plan) | Q(stops__assignment__plan=plan)
    visits = Visit.objects.filter(named).values_list("pk", "reference").distinct()
    references = {reference: past_reference(pk) for pk, reference in visits}
    for key, staff in team.items():
        if staff.only_in_id is None or staff.only_in_id == plan.pk:
            references[staff.reference] = stand_ins[key].reference if key in stand_ins else "somebody"
    names = [staff.display_name for staff in team.values() if staff.only_in_id is None]
    return Replacement(names, references)


def _forget_words(plan, names: Replacement) -> None:
    for version in plan.versions.all():
        for field in ("routes", "unserved", "cost", "equity"):
            setattr(version, field, names.value(getattr(version, field)))
        version.summary = ""
        version.save(update_fields=["routes", "unserved", "cost", "equity", "summary"])
    plan.unserved.update(detail="", remedies=[])
    for left_out in plan.unserved.exclude(decision_reason=""):
        left_out.decision_reason = WORDS_GONE
        left_out.save(update_fields=["decision_reason"])
    PlanAdjustment.objects.filter(plan=plan).delete()
    Disruption.objects.filter(plan=plan).update(answer={}, note="")
    plan.name = f"Plan of {plan.day:%-d %B %Y}"
    plan.intake, plan.price, plan.outcome_note, plan.trace = {}, {}, "", []
    for field in ("travel", "cost", "equity"):
        setattr(plan, field, names.value(getattr(plan, field)))
    for field in ("decision_reason", "returned_reason"):
        setattr(plan, field, WORDS_GONE if getattr(plan, field) else "")
    plan.save()


def _hand_over(plan, stand_ins) -> None:
    """Rounds, shifts and records go over to the stand-ins; people made up for the plan go."""
    assignments = list(RouteAssignment.objects.filter(plan=plan).select_related("shift"))
    for assignment in assignments:
        shift = Shift(
            staff=stand_ins[assignment.staff_id], **{name: getattr(assignment.shift, name) for name in SHIFT_FIELDS}
        )
        shift.save()
        assignment.staff_id, assignment.shift = shift.staff_id, shift
    RouteAssignment.objects.bulk_update(assignments, ["staff", "shift"])
    for key, stand_in in stand_ins.items():
        for part in (RoundEvent, VisitRecord, RoundAlert, Disruption):
            part.objects.filter(plan=plan, staff=key).update(staff=stand_in)
    RoundEvent.objects.filter(plan=plan).update(made_by=None)
    made_up = plan.extra_people.exclude(pk__in=[stand_in.pk for stand_in in stand_ins.values()])
    Shift.objects.filter(staff__in=made_up, assignments__isnull=True).delete()
    made_up.delete()


def due_weeks(before):
    """What was planned for whole weeks, and is not in the plans of their days."""
    weeks = WeekPlan.objects.filter(first_day__lt=before.date())
    return weeks.exclude(intake={}, unserved=[], outcome_note="", price={}, name__startswith="Week of ")


def forget_weeks(weeks) -> int:
    done = 0
    for week in weeks:
        words = {"intake": {}, "unserved": [], "outcome_note": "", "price": {}}
        done += WeekPlan.objects.filter(pk=week.pk).update(name=f"Week of {week.first_day:%-d %B %Y}", **words)
    return done
