"""A person for every column of the access matrix, and a thing for every address that names one."""

from dataclasses import dataclass
from uuid import uuid4

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
from insights.models import SeriesForecast
from insights.services.conversations import ask_question
from insights.tests.factories import make_forecast, make_series
from lsoa.models import Area, Dataset, QualityAlert, Upload
from lsoa.services import create_feed, load_paths
from lsoa.tests.factories import IndicatorFactory
from priorities.models import ModelVersion, ScoreRun
from priorities.moves import keep_moves
from priorities.preview import effect_of
from priorities.services import new_scenario, publish_default_model, score_areas, set_minutes
from routing.models import Shift
from routing.tests.factories import DAY, draft_plan

from .things_of_planning import SETUP, make_team, planning_things, round_things


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
    things = _things(organisation) | round_things(organisation, field_worker, _member(organisation, [Role.APPROVER]))
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
    team = make_team(organisation)
    plan = draft_plan(team, count=4)
    job = {"job_id": JobFactory(organisation=organisation, running=True).pk}
    member = {"pk": MembershipFactory(organisation=organisation, roles=["viewer"]).pk}
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
        **planning_things(team, plan, shift),
        **_data_things(organisation, area),
        **dict.fromkeys([f"saved-view-{name}" for name in VIEW_NAMES], {"pk": _shared_view(organisation).pk}),
        **_conversation_things(organisation),
        **_report_things(organisation, team),
        **_outlook_things(area),
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


def _outlook_things(area) -> dict[str, dict]:
    """What is expected of the board that an area belongs to; where forecasts are made already, one of them."""
    forecast = SeriesForecast.objects.current().order_by("pk").first()
    if forecast is None:
        series = make_series(organisation_code=area.icb_code, organisation_name=area.icb_name)
        forecast = make_forecast(series=series)
    model = {"pk": forecast.model_id}
    return {"outlook": {"pk": forecast.series_id}, "insights-model": model, "api-forecast-model-performance": model}


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


def _conversation_things(organisation) -> dict[str, dict]:
    """A colleague's conversation: nobody else reads it, whatever their role."""
    colleague = _member(organisation, list(Role))
    asked = ask_question(question="What does Core20 mean?", organisation=organisation, by=colleague)
    answers = ("ask-answer", "ask-rate", "api-chat-messages-feedback")
    whole = ("ask-conversation", "ask-change", "ask-delete", "ask-text")
    whole += ("api-chat-conversations-detail", "api-chat-conversations-messages")
    return {
        **dict.fromkeys(whole, {"pk": asked.conversation.pk}),
        **dict.fromkeys(answers, {"pk": asked.answer.pk}),
    }


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
        "api-prediction-forecast": {"service": "emergency_admissions", "area": area.code},
        "switch-organisation": {"organisation": str(organisation.pk)},
        **_scenario_questions(organisation, area),
    }
