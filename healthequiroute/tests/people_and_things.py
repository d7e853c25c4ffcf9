"""A person for every column of the access matrix, and a thing for every address that names one."""

from dataclasses import dataclass
from datetime import time, timedelta
from uuid import uuid4

from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts import audit
from accounts.models import (
    AccessReview,
    LegalHold,
    Membership,
    NotificationRule,
    PersonNote,
    UnusualBehaviour,
    User,
    WebhookEndpoint,
    WebhookEvent,
)
from accounts.permissions import Role
from accounts.tests.factories import (
    ApiKeyFactory,
    JobFactory,
    MembershipFactory,
    PlatformAdministratorFactory,
    UserFactory,
)
from healthequiroute.portal.models import Feedback, Report, SavedView
from healthequiroute.portal.reports.document import Document
from healthequiroute.portal.reports.services import save_report
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
    VisitLink,
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
    world = build_things(organisation=organisation, field_worker=people["field_worker"])
    return World(people=people, things=world.things, questions=world.questions)


def build_things(*, organisation, field_worker) -> World:
    """The things alone, in an organisation of a portal that has areas and priorities already."""
    things = _things(organisation) | _round_things(organisation, field_worker)
    return World(people={}, things=things, questions=_questions(organisation))


def _member(organisation, roles):
    user = UserFactory()
    MembershipFactory(user=user, organisation=organisation, roles=[role.value for role in roles])
    return user


def _who_acted(organisation) -> str:
    """The pseudonym of somebody of whom the organisation's trail knows."""
    return audit.record(action="sign_in.succeeded", by=UserFactory(), organisation=organisation).actor_id


def _feedback(organisation):
    """Of somebody of the organisation, waiting for an answer."""
    writer = _member(organisation, [Role.VIEWER])
    return Feedback.objects.create(organisation=organisation, written_by=writer, kind="idea", text="A bigger map")


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
        "map-places": {"vintage": 2021},
        "area-tile": {"vintage": 2021, "z": 5, "x": 15, "y": 10},
        "area-detail": {"code": area.code},
        "area-similar": {"code": area.code},
        "api-export-areas": {"kind": "csv"},
        **dict.fromkeys([f"ogc-{name}" for name in OGC_NAMES], {"collection": "areas"}),
        "ogc-item": {"collection": "areas", "feature": area.code},
        **_priority_things(organisation, area),
        "audit-person": {"actor_id": _who_acted(organisation)},
        **_trail_things(organisation, plan, shift.staff),
        "audit-object": {"target_type": "routing.routeplan", "target_id": str(plan.pk)},
        **dict.fromkeys(("job-panel", "job-cancel", "job-retry"), job),
        **{f"member-{name}": member for name in MEMBER_PAGES},
        **_platform_things(organisation, member["pk"]),
        "device-end": {"name": "0" * 32},
        "help-topic": {"slug": "explore"},
        **dict.fromkeys(("feedback-answer", "feedback-close"), {"pk": _feedback(organisation).pk}),
        **dict.fromkeys(("mfa_remove_webauthn", "mfa_edit_webauthn"), {"pk": 1}),
        **_notice_things(organisation),
        **dict.fromkeys(
            ("api-key", "api-key-rotate", "api-key-revoke"), {"pk": ApiKeyFactory(organisation=organisation).pk}
        ),
        "account_reset_password_from_key": {"uidb36": "1", "key": "wrong"},
        "sign-in-refused": {"provider": "google", "page": "closed"},
        "connection-add": {"provider": "cis2"},
        "connection-remove": {"provider": "cis2"},
        "provider-client-keys": {"provider": "cis2"},
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
        **{f"route-plan-{name}": {"pk": plan.pk} for name in PLAN_ACTIONS},
        "assignment-stops": {"pk": _assignment(plan, shift).pk},
        **_data_things(organisation, area),
        **dict.fromkeys([f"saved-view-{name}" for name in VIEW_NAMES], {"pk": _shared_view(organisation).pk}),
        **_report_things(organisation, team),
        **dict.fromkeys([f"scenario{name}" for name in SCENARIO_NAMES], {"pk": _scenario(organisation).pk}),
    }


def _notice_things(organisation) -> dict[str, dict]:
    """A webhook with an event that was given up, a rule of the organisation, and nobody's message and token."""
    endpoint = WebhookEndpoint.objects.create(
        organisation=organisation,
        name=f"System {uuid4().hex[:6]}",
        url="https://192.0.2.1/",
        events=["plan.published"],
        secret="whsec_bm90aGluZw==",
    )
    event = WebhookEvent.objects.create(organisation=organisation, type="plan.published", payload={"data": {}})
    delivery = endpoint.deliveries.create(event=event, state="failed", ended_at=timezone.now())
    rule = NotificationRule.objects.create(
        organisation=organisation, name="Somewhere", trigger="class", condition={"areas": [], "change": "rises"}
    )
    page = {"pk": endpoint.pk}
    return {
        **{f"webhook{name}": page for name in ("", "-edit", "-rotate", "-switch", "-test", "-delete")},
        "webhook-send-again": page | {"delivery_id": delivery.pk},
        **{f"notification-rule{name}": {"pk": rule.pk} for name in ("", "-switch", "-delete")},
        # Nobody's message: it is the person's own alone.
        **dict.fromkeys(("notification", "api-notifications-read"), {"pk": 0}),
        "notification-stop": {"token": "wrong"},
    }


def _trail_things(organisation, plan, person) -> dict[str, dict]:
    """Histories of somebody and of a plan; what was noticed here, and on the platform."""
    readers = {"target_type": "routing.staffmember", "target_id": str(person.pk)}
    rows = {"target_type": "routing.routeplan", "target_id": str(plan.pk)}
    noticed = [
        UnusualBehaviour.objects.create(organisation=place, rule="refusals", day=DAY, number=20, threshold=15)
        for place in (organisation, None)
    ]
    return {
        **dict.fromkeys(("audit-readers", "audit-readers-csv"), readers),
        **dict.fromkeys(("audit-rows", "audit-rows-csv"), rows),
        "audit-unusual-decide": {"pk": noticed[0].pk},
        "audit-unusual-platform-decide": {"pk": noticed[1].pk},
        # Nobody's export: it is the person's own alone.
        **dict.fromkeys(("audit-export-file", "list-file"), {"job_id": uuid4()}),
    }


VIEW_NAMES = ("change", "delete", "first", "api-detail")
OGC_NAMES = ("collection", "queryables", "schema", "items")
MEMBER_PAGES = ("edit", "suspend", "restore", "remove", "first-link", "history", "note-add")
ORGANISATION_ACTIONS = ("limits", "suspend", "restore", "feature", "administrator")
PERSON_ACTIONS = ("close", "reopen", "sessions-end", "second-factor-reset", "note-add")


def _platform_things(organisation, member_pk) -> dict[str, dict]:
    """A member with notes, as their administrator and as the platform's administrators meet them."""
    person = UserFactory()
    note = PersonNote.objects.create(person_id=person.pk, text="On leave")
    member = Membership.objects.get(pk=member_pk)
    own_note = PersonNote.objects.create(person=member.user, organisation=organisation, text="On leave")
    administrator = MembershipFactory(organisation=organisation, roles=["administrator"])
    return {
        "member-note-delete": {"pk": member_pk, "note_id": own_note.pk},
        **{f"organisation-{name}": {"pk": organisation.pk} for name in ORGANISATION_ACTIONS},
        **_review_things(organisation),
        "organisation": {"pk": organisation.pk},
        "organisation-first-link": {"pk": organisation.pk, "membership_id": administrator.pk},
        **{f"person-{name}": {"pk": person.pk} for name in PERSON_ACTIONS},
        "person": {"pk": person.pk},
        "person-erase": {"pk": person.pk},
        **dict.fromkeys(("legal-hold", "legal-hold-keep", "legal-hold-release"), {"pk": _hold(organisation).pk}),
        # Nobody's copy: it is the person's own alone.
        "my-data-file": {"job_id": uuid4()},
        "person-note-delete": {"pk": person.pk, "note_id": note.pk},
    }


def _hold(organisation) -> LegalHold:
    """It names somebody who is not kept any more, so that nothing else here is held."""
    subject = {"subject_type": "accounts.user", "subject_id": str(uuid4())}
    return LegalHold.objects.create(organisation=organisation, reason="A case at court", **subject)


def _review_things(organisation) -> dict[str, dict]:
    review = {"pk": AccessReview.objects.create(organisation=organisation).pk}
    return {f"access-review-{name}": review for name in ("confirm", "finish", "file")}


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


def _priority_things(organisation, area) -> dict[str, dict]:
    """Addresses about the priority of one area, which a planner has given minutes of its own, and about a run."""
    planner = _member(organisation, [Role.PLANNER])
    set_minutes(area=area, organisation=organisation, minutes=50, reason="Steep stairs", by=planner)
    pages = ("area-priority", "area-priority-sheet", "area-minutes", "area-minutes-end")
    answers = (f"priority-{name}" for name in ("detail", "history", "explain", "minutes"))
    run = {"score-run-detail": {"pk": ScoreRun.objects.latest("started_at").pk}}
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


REPORT_NAMES = ("report", "report-edit", "report-make", "report-pause", "report-delete")
EDITION_NAMES = ("report-edition", "report-edition-pdf", "report-edition-xlsx")


def _report_things(organisation, team) -> dict[str, dict]:
    """A report that a colleague makes every week, with an edition."""
    maker = _member(organisation, [Role.PLANNER])
    report = Report(organisation=organisation, name="Equity", kind="equity", team=team, cadence="weekly")
    report = save_report(report=report, recipients=[maker], by=maker)
    document = Document("Equity of visits", "One week", ["Nothing was planned."], sources=["Tests"]).as_dict()
    edition = report.editions.create(state="ready", made_at=timezone.now(), content=document)
    return dict.fromkeys(REPORT_NAMES, {"pk": report.pk}) | dict.fromkeys(EDITION_NAMES, {"pk": edition.pk})


SCENARIO_NAMES = ("", "-effect", "-moves", "-areas", "-area", "-in-view", "-hand-over", "-thresholds", "-delete")


def _shared_view(organisation) -> SavedView:
    """Of a colleague: everybody opens it, nobody else changes it."""
    colleague = MembershipFactory(organisation=organisation, roles=["analyst"]).user
    return SavedView.objects.create(
        organisation=organisation, owner=colleague, page="explore", query="core20=1", name="Core20", is_shared=True
    )


def _scenario(organisation):
    source = ModelVersion.objects.published().get()
    return new_scenario(source=source, organisation=organisation, title="A try", by=SETUP)


def keep_effect(organisation) -> str:
    """Has the cache hold what the scenario would change, as a page that showed it does. Returns the effect's name."""
    scenario = ModelVersion.objects.scenarios_of(organisation).get()
    return keep_moves(scenario, effect_of(scenario.compiled))


def _scenario_questions(organisation, area) -> dict[str, dict]:
    """What the map and the list of a scenario need: the name of an effect."""
    draft = {"draft": keep_effect(organisation)}
    return {
        "scenario-moves": draft,
        "scenario-areas": draft,
        "scenario-area": draft | {"index": area.index},
        "scenario-in-view": draft | {"box": "-9,49,3,56"},
    }


def _feed():
    place = {"provider": "file", "location": "tests"}
    return create_feed(name=f"Feed {uuid4()}", subject="staff_absence", by=SETUP, **place)


def _questions(organisation) -> dict[str, dict]:
    area = Area.objects.order_by("code").first()
    return {
        "area-panel": {"code": area.code},
        "area-label": {"index": area.index},
        "map-in-view": {"box": "-9,49,3,56"},
        "map-place": {"place": f"area:{area.code}"},
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
