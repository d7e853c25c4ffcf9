"""What erasing a person means for visit planning, beside what the inventory says of its fields."""

from accounts.privacy.subjects import (
    ERASED_NAME,
    ErasureDuty,
    MentionScope,
    Person,
    PersonKind,
    register_duty,
    register_kind,
    register_records,
    register_scope,
)

from .civil_time import today
from .models import Absence, DayEnd, RouteAssignment, Shift, StaffMember, StaffSkill, VisitRecord
from .services.people import HOLDING
from .visited_people import is_reference_telling

STAFF = "routing.staffmember"
# Where a text of planning belongs to: the team, and through it the organisation.
TEAM_OF = {
    **dict.fromkeys(
        ("planversion", "unservedvisit", "planadjustment", "disruption", "roundevent", "visitrecord"), "plan__team"
    ),
    **dict.fromkeys(("routeplan", "weekplan", "rotafile"), "team"),
}


def rows(model, person: Person):
    """Texts of the person's organisations; the team comes with them."""
    path = TEAM_OF[model._meta.model_name]
    return model._default_manager.filter(**{f"{path}__organisation__in": person.organisations}).select_related(path)


def knows(row, staff) -> bool:
    """Short references are unique within a team only."""
    team = row
    for step in TEAM_OF[row._meta.model_name].split("__"):
        team = getattr(team, step)
    return team.pk == staff.team_id


def obstacles(person: Person) -> list[str]:
    """Plans of today and later that reckon with the person."""
    plans = RouteAssignment.objects.filter(
        staff__in=person.ids(STAFF), plan__state__in=HOLDING, plan__day__gte=today()
    ).select_related("plan")
    return [
        f"The plan {assignment.plan} of {assignment.plan.day:%-d %B %Y} includes this person. "
        "Give the visits to somebody else, or close the plan, first."
        for assignment in plans
    ]


def erase(person: Person, *, pseudonyms: dict, by) -> dict[str, int]:
    """Nobody can be found by what is left of a member of staff: rounds and shifts of "Erased person"."""
    ids = person.ids(STAFF)
    for staff in StaffMember.objects.select_for_update(of=("self",)).filter(pk__in=ids):
        staff.display_name, staff.reference = ERASED_NAME, pseudonyms[staff.pk]
        staff.home_postcode, staff.home, staff.user = "", None, None
        staff.starts_from = staff.ends_at = DayEnd.BASE
        staff.is_active = False
        staff.save()
        # Somebody tried a scenario with the name of a real person.
        made_up = StaffMember.objects.filter(team=staff.team, only_in__isnull=False)
        made_up.filter(display_name__in=person.names).update(display_name=ERASED_NAME)
    return {"routing.StaffMember": len(ids)}


def register() -> None:
    register_kind(
        PersonKind(
            label=STAFF,
            words="somebody of a team",
            of_user=lambda user: StaffMember.objects.filter(user=user).select_related("team__organisation"),
            scoped=lambda organisation: StaffMember.objects.for_organisation(organisation).filter(only_in__isnull=True),
            organisation_of=lambda staff: staff.organisation,
            names_of=lambda staff: [staff.display_name, staff.home_postcode],
            reference_of=lambda staff: staff.reference,
            is_reference_telling=is_reference_telling,
            account_of=lambda staff: staff.user,
        )
    )
    for name, model in (("shifts", Shift), ("absences", Absence), ("skills", StaffSkill), ("visits made", VisitRecord)):
        register_records(name, lambda person, model=model: model.objects.filter(staff__in=person.ids(STAFF)))
    register_scope("routing", MentionScope(rows=rows, knows=knows))
    register_duty("routing", ErasureDuty(obstacles=obstacles, erase=erase))
