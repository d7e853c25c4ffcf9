"""A person for every column of the access matrix, and a thing for every address that names one."""

from dataclasses import dataclass
from datetime import time, timedelta
from uuid import uuid4

from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.permissions import Role
from accounts.tests.factories import JobFactory, MembershipFactory, PlatformAdministratorFactory, UserFactory
from lsoa.models import Area, Dataset, QualityAlert, Upload
from lsoa.services import create_feed, create_patch, load_paths
from lsoa.tests.factories import IndicatorFactory
from priorities.models import ModelVersion, ScoreRun
from priorities.moves import keep_moves
from priorities.preview import effect_of
from priorities.services import new_scenario, publish_default_model, score_areas, set_minutes
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
    WeekPlan,
)
from routing.tests.factories import DAY, draft_plan, skills_of

SETUP = audit.SystemActor("tests")


@dataclass
class World:
    people: dict[str, User | None]
    things: dict[str, dict]
    questions: dict[str, dict]

    def arguments(self, name: str) -> dict:
        """URL arguments of an address by its name; empty for addresses that name nothing."""
        return self.things.get(name, {})

    def question(self, name: str) -> dict:
        """What an address has to be asked (query string or form) to give an answer."""
        return self.questions.get(name, {})


def build_world(*, organisation, other_organisation) -> World:
    platform, second = PlatformAdministratorFactory(), PlatformAdministratorFactory()
    outcome = load_paths(paths=["synthetic:seed=3,areas=120"], by=SETUP)[0]
    assert outcome.ok, outcome.message
    publish_default_model(proposed_by=platform, published_by=second)
    score_areas(by=platform)
    people = {
        "anonymous": None,
        **{role.value: _member(organisation, [role]) for role in Role},
        "platform": platform,
        # Every role there is, in somebody else's organisation: what they lack is the organisation alone.
        "outsider": _member(other_organisation, list(Role)),
        "nobody": UserFactory(),
    }
    return World(
        people=people,
        things=_things(organisation) | _round_things(organisation, people["field_worker"]),
        questions=_questions(organisation),
    )


def _member(organisation, roles):
    user = UserFactory()
    MembershipFactory(user=user, organisation=organisation, roles=[role.value for role in roles])
    return user


def _things(organisation) -> dict[str, dict]:
    area = Area.objects.order_by("code").first()
    team = _team(organisation)
    plan = draft_plan(team, count=4)
    job = {"job_id": JobFactory(organisation=organisation, running=True).pk}
    member = {"pk": MembershipFactory(organisation=organisation, roles=["viewer"]).pk}
    plan_id, team_id = {"plan_id": plan.pk}, {"team_id": team.pk}
    shift = Shift.objects.filter(staff__team=team).first()
    return {
        "area": {"code": area.code},
        "area-tile": {"vintage": 2021, "z": 5, "x": 15, "y": 10},
        "area-detail": {"code": area.code},
        "api-export-areas": {"kind": "csv"},
        **_priority_things(organisation, area),
        "audit-object": {"target_type": "routing.routeplan", "target_id": str(plan.pk)},
        **dict.fromkeys(("job-panel", "job-cancel", "job-retry"), job),
        **{f"member-{name}": member for name in ("edit", "suspend", "restore", "remove", "first-link")},
        "account_reset_password_from_key": {"uidb36": "1", "key": "wrong"},
        **dict.fromkeys(("plan", "plan-price", "plan-wishes"), plan_id),
        **dict.fromkeys(("week", "week-progress", "week-optimise", "week-stop"), {"week_id": _week(team).pk}),
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
        **{f"route-plan-{name}": {"pk": plan.pk} for name in PLAN_ACTIONS},
        "assignment-stops": {"pk": _assignment(plan, shift).pk},
        **_data_things(organisation, area),
        **dict.fromkeys([f"scenario{name}" for name in SCENARIO_NAMES], {"pk": _scenario(organisation).pk}),
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
    team_id, visit = {"team_id": team.pk}, plan.visits.order_by("reference").first()
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
        **dict.fromkeys(("staff", "staff-skills", "absence-add"), one),
        **dict.fromkeys(("absence", "absence-remove"), one | {"absence_id": absence.pk}),
        **dict.fromkeys(("rota", "rota-upload", "rota-template", "team-visits"), team_id),
        **{f"rota-{name}": team_id | {"file_id": file.pk} for name in ("file", "apply", "discard", "refused")},
        **dict.fromkeys(("visit", "visit-remove"), team_id | {"visit_id": visit.pk}),
        "visit-add": {"plan_id": plan.pk},
        **dict.fromkeys(("caseload", "caseload-add", "caseload-import", "caseload-template"), team_id),
        **{f"caseload-{name}": team_id | {"entry_id": entry.pk} for name in ("entry", "pause", "remove")},
        **dict.fromkeys(("plus-group", "plus-group-remove"), {"group_id": group.pk}),
    }


def _round_things(organisation, worker) -> dict[str, dict]:
    """A published round of the field worker, and an alert on it."""
    team = Team.objects.for_organisation(organisation).get(name="Nurses")
    base = Depot.objects.for_organisation(organisation).first()
    person = StaffMember.objects.create(
        team=team, reference="worker-1", display_name="Worker", base=base, user=worker, is_active=False
    )
    day, named = DAY + timedelta(days=1), _member(organisation, [Role.APPROVER])
    shift = Shift.objects.create(
        staff=person, day=day, starts_at=instant(day, time(8)), ends_at=instant(day, time(16)), break_minutes=0
    )
    decided = {"approved_by": named, "approved_at": timezone.now()}
    published = {"published_by": named, "published_at": timezone.now(), "state": PlanState.PUBLISHED}
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
        **{f"plan-{name}": plan_id for name in ("stops-csv", "problem", "solution", "timeline")},
        **{f"plan-{name}": day for name in ("round-calendar", "round-gpx", "run-sheet")},
        "api-plan-file": {"pk": plan.pk, "kind": "stops"},
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
        "plan-unmake": plan_id | {"staff_id": made_up.pk},
        "plan-try": plan_id | {"left_out": left.pk, "number": 0},
    }


def _priority_things(organisation, area) -> dict[str, dict]:
    """Addresses about the priority of one area, which a planner has given minutes of its own, and about a run."""
    planner = _member(organisation, [Role.PLANNER])
    set_minutes(area=area, organisation=organisation, minutes=50, reason="Steep stairs", by=planner)
    pages = ("area-priority", "area-priority-sheet", "area-minutes", "area-minutes-end")
    answers = (f"priority-{name}" for name in ("detail", "history", "explain", "minutes"))
    run = {"score-run-detail": {"pk": ScoreRun.objects.get().pk}}
    return dict.fromkeys((*pages, *answers), {"code": area.code}) | run


def _data_things(organisation, area) -> dict[str, dict]:
    """A dataset, an alert, and what an organisation keeps of its own."""
    dataset = {"pk": Dataset.objects.order_by("publication").first().pk}
    own = {"code": IndicatorFactory(code="own-falls-0123456789ab", organisation=organisation).code}
    alert = QualityAlert.objects.create(
        check_code="coverage", subject="tests", severity="warning", message="Few areas", seen_at=timezone.now()
    )
    names = ("rejects", "rejects-csv", "figures-csv", "put-in-force", "unpin")
    upload = Upload.objects.create(names=["t.csv"], size=10).pk
    own_upload = Upload.objects.create(names=["own.csv"], size=10, organisation=organisation, options={"name": "x"}).pk
    return {
        "dataset": dataset,
        **{f"dataset-{name}": dataset for name in names},
        "figure": {"code": "population", "area_code": area.code},
        "indicator": {"code": "population"},
        "alert-acknowledge": {"pk": alert.pk},
        **{f"feed-{name}": {"pk": _feed().pk} for name in ("edit", "switch", "collect")},
        **dict.fromkeys(("load-data-upload", "load-data-start", "load-data-discard"), {"pk": upload}),
        "own-indicator-preview": {"pk": own_upload},
        **{f"own-indicator-{name}": own for name in ("replace", "take-back", "delete")},
    }


SCENARIO_NAMES = ("", "-effect", "-moves", "-areas", "-area", "-hand-over", "-thresholds", "-delete")


def _scenario(organisation):
    source = ModelVersion.objects.published().get()
    return new_scenario(source=source, organisation=organisation, title="A try", by=SETUP)


def _scenario_questions(organisation, area) -> dict[str, dict]:
    """What the map and the list of a scenario need: the name of an effect."""
    scenario = ModelVersion.objects.scenarios_of(organisation).get()
    draft = {"draft": keep_moves(scenario, effect_of(scenario.compiled))}
    return {"scenario-moves": draft, "scenario-areas": draft, "scenario-area": draft | {"index": area.index}}


def _feed():
    place = {"provider": "file", "location": "tests"}
    return create_feed(name=f"Feed {uuid4()}", subject="staff_absence", by=SETUP, **place)


def _questions(organisation) -> dict[str, dict]:
    area = Area.objects.order_by("code").first()
    return {
        "area-panel": {"code": area.code},
        "area-label": {"index": area.index},
        "switch-organisation": {"organisation": str(organisation.pk)},
        **_scenario_questions(organisation, area),
    }


def _team(organisation):
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


def _week(team):
    return WeekPlan.objects.create(organisation=team.organisation, team=team, name="Week", first_day=DAY, days=5)


def _patch(organisation, areas):
    return create_patch(
        organisation=organisation, name="Everywhere", area_codes=[area.code for area in areas], by=SETUP
    )


def _assignment(plan, shift):
    times = {"departs_at": shift.starts_at, "returns_at": shift.ends_at}
    return RouteAssignment.objects.create(plan=plan, staff=shift.staff, shift=shift, **times)
