"""One person of a team: details, skills and absences."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.permissions import Role
from routing.models import Absence, PlanState, RoutePlan, StaffMember, StaffSkill

DETAILS = (
    *("display_name", "reference", "user", "base", "home_postcode", "home", "starts_from", "ends_at"),
    *("travel_profile", "max_visits", "max_drive_minutes", "overtime_minutes", "works_alone", "is_active"),
)
# Plans that reckon with a person; a draft has nobody yet, a rejected or closed one asks nobody any more.
HOLDING = (PlanState.OPTIMISING, PlanState.PROPOSED, PlanState.APPROVED, *PlanState.running())


@transaction.atomic
def change_staff(*, person: StaffMember, values: dict, by) -> StaffMember:
    """Details of a person, of those named in DETAILS. The audit trail has the names of what changed, never the values.

    ValidationError for an account that cannot be theirs, a base of another organisation, or a day that begins at a home
    that is not known.
    """
    person = StaffMember.objects.select_for_update(of=("self",)).select_related("team__organisation").get(pk=person.pk)
    changed = [name for name in DETAILS if name in values and getattr(person, name) != values[name]]
    for name in changed:
        setattr(person, name, values[name])
    _check(person)
    person.full_clean()
    person.save()
    if changed:
        audit.record(
            action="staff.changed",
            by=by,
            organisation=person.organisation,
            target=person,
            details={"changed": changed},
        )
    return person


@transaction.atomic
def set_staff_skills(*, person: StaffMember, skills: dict, by) -> None:
    """What somebody can do: the last valid day (None: no end) by Skill, in place of what was known."""
    for skill in skills:
        if skill.organisation_id != person.organisation.pk:
            raise ValidationError(f"{skill} does not belong to {person.organisation}.")
    person.skill_records.exclude(skill__in=skills).delete()
    StaffSkill.objects.bulk_create(
        [StaffSkill(staff=person, skill=skill, expires_on=expires_on) for skill, expires_on in skills.items()],
        update_conflicts=True,
        unique_fields=["staff", "skill"],
        update_fields=["expires_on"],
    )
    audit.record(
        action="staff.skills_set",
        by=by,
        organisation=person.organisation,
        target=person,
        details={"skills": {skill.code: day and str(day) for skill, day in skills.items()}},
    )


@transaction.atomic
def save_absence(
    *, person: StaffMember, first_day: date, last_day: date, kind: str, absence: Absence | None = None, by
) -> Absence:
    """Days on which somebody does not work, new or changed. ValidationError where they overlap with others."""
    action = "absence.changed" if absence else "absence.added"
    if last_day < first_day:
        raise ValidationError({"last_day": "The last day is before the first."})
    # One at a time for each person: the constraint would refuse the second without a sentence.
    StaffMember.objects.select_for_update(of=("self",)).get(pk=person.pk)
    others = person.absences.filter(first_day__lte=last_day, last_day__gte=first_day)
    other = others.exclude(pk=absence.pk if absence else None).first()
    if other:
        raise ValidationError({"first_day": f"{person} is absent then already: {days_text(other)}."})
    absence = absence or Absence(staff=person)
    absence.first_day, absence.last_day, absence.kind = first_day, last_day, kind
    absence.full_clean()
    absence.save()
    _record_absence(action, absence, by)
    return absence


@transaction.atomic
def remove_absence(*, absence: Absence, by) -> None:
    _record_absence("absence.removed", absence, by)
    absence.delete()


def plans_holding(person: StaffMember, first_day: date, last_day: date):
    """Plans of these days that already reckon with somebody, as a QuerySet."""
    plans = RoutePlan.objects.for_organisation(person.organisation).filter(state__in=HOLDING)
    return plans.filter(assignments__staff=person, day__range=(first_day, last_day)).order_by("day").distinct()


def days_text(absence: Absence) -> str:
    """E.g. 3 November 2026, or 3 November 2026 to 5 November 2026."""
    first, last = (f"{day:%-d %B %Y}" for day in (absence.first_day, absence.last_day))
    return first if first == last else f"{first} to {last}"


def possible_accounts(team):
    """Accounts that may be a person of the team: field workers of its organisation."""
    return User.objects.filter(
        is_active=True,
        memberships__organisation=team.organisation,
        memberships__suspended_at__isnull=True,
        memberships__roles__contains=[Role.FIELD_WORKER.value],
    ).distinct()


def _check(person):
    if person.base.organisation_id != person.organisation.pk:
        raise ValidationError({"base": f"{person.base} does not belong to {person.organisation}."})
    if person.home is None and "home" in (person.starts_from, person.ends_at):
        raise ValidationError({"home_postcode": "Give the home postcode: the day begins or ends there."})
    if person.user_id is None:
        return
    if not possible_accounts(person.team).filter(pk=person.user_id).exists():
        raise ValidationError({"user": "This account does not belong to a field worker of the organisation."})
    other = person.team.staff.active().filter(user=person.user_id).exclude(pk=person.pk).first()
    if other:
        raise ValidationError({"user": f"This account already belongs to {other}."})


def _record_absence(action, absence, by):
    """Without its kind: that somebody is ill is nobody's business but the team's."""
    audit.record(
        action=action,
        by=by,
        organisation=absence.organisation,
        target=absence,
        details={
            "staff": str(absence.staff_id),
            "first_day": str(absence.first_day),
            "last_day": str(absence.last_day),
        },
    )
