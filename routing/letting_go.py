"""Periods of what visit planning keeps. Figures of rounds and plans stay; words, ways and exact places go."""

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.audit import SystemActor
from accounts.privacy.erasure import ErasureReason, ErasureRefused, erase_person
from accounts.privacy.retention import RetentionRule, register_rule
from accounts.privacy.subjects import person_of_row

from . import old_plans
from .models import (
    Absence,
    CaseloadEntry,
    PlanVersion,
    RotaFile,
    RoundEvent,
    RouteAssignment,
    RouteStop,
    Shift,
    StaffMember,
    Visit,
    VisitRecord,
)
from .visited_people import PATIENT, blur, forget_notes

STAFF = "routing.staffmember"
BY = SystemActor("privacy:retention")
# Each of these rows is many others.
FEW = 20


def _discard(rows) -> int:
    return rows.update(state=RotaFile.State.DISCARDED, content=None, settled_at=timezone.now())


def _erase(rows) -> int:
    """Where something stands against it, the person waits for the next night."""
    done = 0
    for row in rows:
        try:
            person = person_of_row(row)
            erase_person(person=person, by=BY, reason=ErasureReason.LEFT, organisation=row.organisation)
        except ErasureRefused:
            continue
        done += 1
    return done


def _staff_who_left(before):
    """Without an account, not active, with no shift and no change of their row since."""
    history = apps.get_model("routing", "StaffMemberHistory")
    changed = history.objects.filter(pgh_obj=OuterRef("pk"), pgh_created_at__gte=before)
    worked = Shift.objects.filter(staff=OuterRef("pk"), day__gte=before.date())
    people = StaffMember.objects.filter(is_active=False, user__isnull=True, only_in__isnull=True)
    return people.exclude(Exists(changed)).exclude(Exists(worked)).exclude(reference__regex="^erased-[0-9a-f]{8}$")


def _ended_caseload(before):
    """Paused, and neither due nor visited since: while visits are made, an entry falls due again and again."""
    day = before.date()
    visited = Visit.objects.filter(caseload_entry=OuterRef("pk"), day__gte=day)
    entries = CaseloadEntry.objects.filter(is_active=False, next_due__lt=day, created_at__lt=before)
    return entries.filter(Q(last_done__isnull=True) | Q(last_done__lt=day)).exclude(Exists(visited))


KEPT_WITH_PLAN = {"organisation": "plan__organisation", "people": {STAFF: "staff"}}
OF_VISIT = {"organisation": "plan__organisation", "people": {STAFF: "staff", PATIENT: "visit__caseload_entry"}}
OF_STAFF = {"organisation": "staff__team__organisation", "people": {STAFF: "staff"}}
OF_TEAM = "team__organisation"
# Fewest and most days that an organisation may choose.
BOUNDS_OF_WORDS, BOUNDS_OF_PLACES = (30, 365), (180, 1095)
RULES = (
    RetentionRule(
        "rota_files",
        "Rota files that were never applied",
        14,
        lambda before: RotaFile.objects.filter(state=RotaFile.State.CHECKED, uploaded_at__lt=before),
        _discard,
        organisation="team__organisation",
        bounds=(7, 60),
    ),
    RetentionRule(
        "round_notes",
        "Notes from the door",
        180,
        lambda before: RoundEvent.objects.filter(plan__day__lt=before.date()).exclude(note=""),
        forget_notes,
        **OF_VISIT,
        bounds=BOUNDS_OF_WORDS,
    ),
    RetentionRule(
        "visit_notes",
        "Notes from the door",
        180,
        lambda before: VisitRecord.objects.filter(plan__day__lt=before.date()).exclude(note=""),
        lambda rows: rows.update(note=""),
        **OF_VISIT,
        bounds=BOUNDS_OF_WORDS,
    ),
    RetentionRule(
        "plan_words",
        "What changed in old plans, in words that name people",
        730,
        lambda before: PlanVersion.objects.filter(plan__day__lt=before.date()).exclude(summary=""),
        lambda rows: rows.update(summary=""),
        organisation="plan__organisation",
        bounds=BOUNDS_OF_PLACES,
    ),
    RetentionRule(
        "ways_back",
        "Ways home in old plans",
        730,
        lambda before: RouteAssignment.objects.filter(plan__day__lt=before.date(), return_path__isnull=False),
        lambda rows: rows.update(return_path=None),
        **KEPT_WITH_PLAN,
        bounds=BOUNDS_OF_PLACES,
    ),
    RetentionRule(
        "ways",
        "Ways to visits in old plans",
        730,
        lambda before: RouteStop.objects.filter(assignment__plan__day__lt=before.date(), path__isnull=False),
        lambda rows: rows.update(path=None),
        organisation="assignment__plan__organisation",
        people={STAFF: "assignment__staff", PATIENT: "visit__caseload_entry"},
        bounds=BOUNDS_OF_PLACES,
    ),
    RetentionRule(
        "visit_places",
        "Exact places of old visits: the middle of the area stands for them",
        730,
        lambda before: Visit.objects.filter(day__lt=before.date()).filter(
            ~Q(postcode="") | ~Q(point=F("area__centroid"))
        ),
        blur,
        organisation="organisation",
        people={PATIENT: "caseload_entry"},
        bounds=BOUNDS_OF_PLACES,
    ),
    RetentionRule(
        "old_plans",
        "Old plans: stand-ins take the place of those who worked, figures stay",
        730,
        old_plans.due_plans,
        old_plans.pseudonymise_plans,
        organisation="organisation",
        people={STAFF: "assignments__staff", PATIENT: "visits__caseload_entry"},
        batch=FEW,
    ),
    RetentionRule(
        "old_weeks",
        "Words and references in old plans of weeks",
        730,
        old_plans.due_weeks,
        old_plans.forget_weeks,
        organisation="organisation",
    ),
    # After the plans, which call visits by their references.
    RetentionRule(
        "visit_references",
        "References of old visits, and whom they should be made by",
        730,
        old_plans.due_visits,
        old_plans.pseudonymise_visits,
        organisation="organisation",
        people={PATIENT: "caseload_entry"},
        after="old_plans",
        due_after=old_plans.due_visits,
    ),
    RetentionRule(
        "shifts",
        "Shifts without a round, as the rota had them",
        730,
        old_plans.due_shifts,
        lambda rows: rows.delete()[0],
        **OF_STAFF,
        after="old_plans",
        due_after=old_plans.due_shifts,
    ),
    RetentionRule(
        "absences",
        "Absences that are over",
        730,
        lambda before: Absence.objects.filter(last_day__lt=before.date()),
        lambda rows: rows.delete()[0],
        **OF_STAFF,
    ),
    RetentionRule(
        "staff_who_left",
        "People without an account who left a team: they are erased",
        730,
        _staff_who_left,
        _erase,
        organisation=OF_TEAM,
        people={STAFF: ""},
        batch=FEW,
    ),
    RetentionRule(
        "ended_caseload",
        "People who are not visited any more: they are erased",
        730,
        _ended_caseload,
        _erase,
        organisation=OF_TEAM,
        people={PATIENT: ""},
        batch=FEW,
    ),
)


def register() -> None:
    for rule in RULES:
        register_rule(rule)
