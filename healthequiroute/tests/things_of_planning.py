"""What the addresses of teams, plans, rounds and weeks name, for `people_and_things`."""

from datetime import time, timedelta

from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts import audit
from lsoa.models import Area
from lsoa.services import create_patch
from routing import services
from routing.civil_time import instant, today
from routing.models import (
    Depot,
    Disruption,
    PlanState,
    PlusGroup,
    RoundAlert,
    RouteAssignment,
    RoutePlan,
    Shift,
    StaffMember,
    Team,
    UnservedVisit,
    VisitLink,
    WeekPlan,
)
from routing.tests.factories import DAY, skills_of

SETUP = audit.SystemActor("tests")


def make_team(organisation) -> Team:
    """With a nurse who works on `DAY`."""
    areas = list(Area.objects.all())
    patch = _patch(organisation, areas)
    team = services.create_team(organisation=organisation, name="Nurses", patch=patch, by=SETUP)
    middle = areas[0].centroid
    base = services.create_depot(
        organisation=organisation, name="Clinic", point=Point(*middle.coords, srid=4326), by=SETUP
    )
    nurse = services.add_staff(
        team=team, reference="nurse-01", display_name="Nurse 01", base=base, skills=skills_of(organisation), by=SETUP
    )
    services.add_shifts(people=[nurse], days=[DAY], starts=time(8), ends=time(16, 30), by=SETUP)
    return team


def planning_things(team, plan, shift) -> dict[str, dict]:
    """What addresses of the team, its draft and the rounds of the shift's person name."""
    plan_id, team_id = {"plan_id": plan.pk}, {"team_id": team.pk}
    return {
        **dict.fromkeys(("plan", "plan-price", "plan-wishes"), plan_id),
        **dict.fromkeys(
            ("week", "week-progress", "week-optimise", "week-stop", "week-wishes", "week-price"),
            {"week_id": _week(team).pk},
        ),
        "route-plan-editing-edits": {"pk": plan.pk},
        **{f"plan-edit{name}": plan_id for name in ("", "-preview", "-keep", "-undo", "-fix")},
        **{f"plan-{name}": plan_id for name in ("progress", "optimise", "stop", "decide", "routes", "run-sheets")},
        **_life_things(plan, shift.staff),
        **_file_things(plan, shift),
        **dict.fromkeys(("team", "staff-add", "shifts-add", "base-add", "skill-add"), team_id),
        "shift-remove": team_id | {"shift_id": shift.pk},
        **_team_things(team, shift.staff, plan),
        **_disruption_things(plan, shift),
        "team-slots": team_id,
        "demand-team": team_id,
        **{f"route-plan-{name}": {"pk": plan.pk} for name in PLAN_ACTIONS},
        "assignment-stops": {"pk": _assignment(plan, shift).pk},
    }


def _disruption_things(plan, shift) -> dict[str, dict]:
    """Something that happened to the plan, with nothing worked out for it."""
    found = Disruption.objects.create(
        plan=plan, kind=Disruption.Kind.SICK, at=shift.starts_at, staff=shift.staff, state="failed", based_on=0
    )
    page = {"plan_id": plan.pk, "disruption_id": found.pk}
    answers = ("apply", "discard", "again")
    return {
        **{f"plan-disruption{name}": page for name in ("", "-progress", "-stop", *(f"-{each}" for each in answers))},
        **dict.fromkeys(("plan-disruption-new", "plan-slots", "plan-slot-book"), {"plan_id": plan.pk}),
        "route-plan-disruption-list": {"plan_pk": plan.pk},
        **{f"route-plan-disruption-{name}": {"plan_pk": plan.pk, "pk": found.pk} for name in ("detail", *answers)},
    }


def _team_things(team, person, plan) -> dict[str, dict]:
    """Somebody of a team with an absence, a file of the rota, somebody on the caseload, and one visit."""
    team_id = {"team_id": team.pk}
    visit, other = plan.visits.order_by("reference")[:2]
    link = VisitLink.objects.create(first=visit, second=other, min_gap_minutes=30)
    day, group = (
        DAY + timedelta(days=20),
        PlusGroup.objects.create(organisation=team.organisation, code="roma", name="R"),
    )
    absence = services.save_absence(person=person, first_day=day, last_day=day, kind="leave", by=SETUP)
    later = today() + timedelta(days=30)
    content = f"staff,day,start,end\nnurse-01,{later},08:00,16:00\n".encode()
    file = services.upload_rota(team=team, name="rota.csv", content=content, by=SETUP)
    values = {"area": visit.area, "point": visit.point, "minutes": 30, "interval_days": 7, "next_due": DAY}
    entry = services.save_caseload_entry(team=team, values={**values, "reference": "P-1"}, by=SETUP)
    one = team_id | {"staff_id": person.pk}
    return {
        **dict.fromkeys(("staff", "staff-skills", "staff-erase", "staff-copy", "absence-add"), one),
        **dict.fromkeys(
            ("data-subject", "data-subject-copy", "data-subject-erase"),
            {"label": "routing.staffmember", "pk": person.pk},
        ),
        **dict.fromkeys(("absence", "absence-remove"), one | {"absence_id": absence.pk}),
        **dict.fromkeys(("rota", "rota-upload", "rota-template", "team-visits"), team_id),
        **{f"rota-{name}": team_id | {"file_id": file.pk} for name in ("file", "apply", "discard", "refused")},
        **dict.fromkeys(("visit", "visit-remove", "visit-link-add"), team_id | {"visit_id": visit.pk}),
        **dict.fromkeys(("visit-link", "visit-link-remove"), team_id | {"visit_id": visit.pk, "link_id": link.pk}),
        "visit-links-detail": {"pk": link.pk},
        "visit-add": {"plan_id": plan.pk},
        **dict.fromkeys(("caseload", "caseload-add", "caseload-import", "caseload-template"), team_id),
        **{f"caseload-{name}": team_id | {"entry_id": entry.pk} for name in ("entry", "pause", "remove")},
        **dict.fromkeys(("plus-group", "plus-group-remove"), {"group_id": group.pk}),
    }


def round_things(organisation, worker, approver) -> dict[str, dict]:
    """A round of the field worker that the approver has published, and an alert on it."""
    team = Team.objects.for_organisation(organisation).get(name="Nurses")
    base = Depot.objects.for_organisation(organisation).first()
    person = StaffMember.objects.create(
        team=team, reference="worker-1", display_name="Worker", base=base, user=worker, is_active=False
    )
    day = DAY + timedelta(days=1)
    shift = Shift.objects.create(
        staff=person, day=day, starts_at=instant(day, time(8)), ends_at=instant(day, time(16)), break_minutes=0
    )
    decided = {"approved_by": approver, "approved_at": timezone.now()}
    published = {"published_by": approver, "published_at": timezone.now(), "state": PlanState.PUBLISHED}
    plan = RoutePlan.objects.create(
        organisation=organisation, team=team, day=day, name="Published", **decided, **published
    )
    _assignment(plan, shift)
    alert = RoundAlert.objects.create(plan=plan, staff=person, kind="not_heard", raised_at=shift.starts_at)
    names = ("my-round-of-plan", "my-round-map", "round-record", "round-events", "plan-actual", "plan-actual-csv")
    return {**dict.fromkeys(names, {"plan_id": plan.pk}), "round-alert-noted": {"alert_id": alert.pk}}


def _file_things(plan, shift) -> dict[str, dict]:
    """Files of a plan, and of one person in it."""
    plan_id, day = {"plan_id": plan.pk}, {"plan_id": plan.pk, "staff_id": shift.staff.pk}
    return {
        **{f"plan-{name}": plan_id for name in ("stops-csv", "problem", "solution", "timeline", "stream")},
        **{f"plan-{name}": day for name in ("round-calendar", "round-gpx", "run-sheet")},
        "api-plan-file": {"pk": plan.pk, "kind": "stops"},
        **{f"api-plan-reading-{name}": {"pk": plan.pk} for name in ("actual", "routes", "timeline")},
        "api-plan-run-sheet": {"pk": plan.pk, "staff": shift.staff.pk},
        "api-plan-round-file": {"pk": plan.pk, "staff": shift.staff.pk, "kind": "calendar"},
    }


PLAN_ACTIONS = ("detail", "optimize", "approve", "reject", "publish", "withdraw", "reopen", "close")
PLAN_LIFE = ("publish", "withdraw", "reopen", "close", "versions", "compare", "undo", "redo", "fixed", "copy")


def _life_things(plan, person) -> dict[str, dict]:
    """Addresses of a plan's life: a version, something fixed, somebody made up, a visit left out."""
    plan_id = {"plan_id": plan.pk}
    version = plan_id | {"number": plan.versions.create(number=1, origin="optimised").number}
    fixed = plan.adjustments.create(kind="person_excluded", staff=person)
    made_up = StaffMember.objects.create(
        team=plan.team, reference="extra-1", display_name="Extra", base=person.base, only_in=plan
    )
    left = UnservedVisit.objects.create(plan=plan, visit=plan.visits.first(), reason="full", remedies=[{"kind": "add"}])
    return {
        **{f"plan-{name}": plan_id for name in PLAN_LIFE},
        **dict.fromkeys(("plan-version", "plan-restore"), version),
        "plan-fix": plan_id | {"way": "lock"},
        "plan-unfix": plan_id | {"number": fixed.pk},
        **dict.fromkeys(("plan-unmake", "plan-made-up"), plan_id | {"staff_id": made_up.pk}),
        "plan-try": plan_id | {"left_out": left.pk, "number": 0},
    }


def _week(team):
    return WeekPlan.objects.create(organisation=team.organisation, team=team, name="Week", first_day=DAY, days=5)


def _patch(organisation, areas):
    return create_patch(
        organisation=organisation, name="Everywhere", area_codes=[area.code for area in areas], by=SETUP
    )


def _assignment(plan, shift):
    times = {"departs_at": shift.starts_at, "returns_at": shift.ends_at}
    return RouteAssignment.objects.create(plan=plan, staff=shift.staff, shift=shift, **times)
