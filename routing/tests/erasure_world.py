"""A person whose name, address, postcode and short reference stand in every place that the inventory of personal data
names: through the doors that people use where there is one, and in each other text by hand.
"""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.gis.geos import LineString, Point
from django.db import transaction
from django.utils import timezone

from accounts import services as account_services
from accounts.models import LegalHold, PersonNote, UnusualBehaviour
from accounts.people.preferences import change_preferences
from accounts.privacy import inventory
from accounts.privacy.erasure import changed_words_allowed
from accounts.privacy.inventory import OnErasure
from accounts.tests.factories import JobFactory
from lsoa.models import Upload
from priorities.models import ModelVersion, VisitMinutesOverride
from routing import services
from routing.models import (
    Disruption,
    PlanAdjustment,
    RotaFile,
    RouteAssignment,
    RouteStop,
    UnservedVisit,
    VisitRecord,
    WeekPlan,
)
from routing.services.proposals import record_stored_version
from routing.services.rounds import Recorded

from . import factories as make
from .rounds_world import PAST_DAY, at, published_round

NAME, ADDRESS = "Zebulon Quagthrelfall", "zebulon.q@quagthrelfall.example"
REFERENCE, POSTCODE, HOME = "zebulon-77", "QQ9 7ZY", (-1.9234567, 52.4765432)
PROVIDER_ID = "1184467zebulon440"
# What must not be found anywhere afterwards.
TRACES = ("zebulon", "quagthrelfall", "qq9 7zy", "qq97zy", "1.9234567", "52.4765432")
# Somebody who is visited, by the reference that the team has for them.
PATIENT_REFERENCE = "zq-patient-4711"
PATIENT_TRACES = (PATIENT_REFERENCE, "qq9 7zy", "qq97zy", "1.9234567", "52.4765432")


@dataclass
class ErasureWorld:
    user: object
    staff: object
    colleague: object
    plan: object
    team: object
    versions: list


def planted(organisation, make_user, platform) -> ErasureWorld:
    """The person worked a round that is over, and is named wherever texts may name people."""
    world = published_round(organisation, make_user, day=PAST_DAY)
    user, staff = world.user, world.staff
    user.email, user.full_name = ADDRESS, NAME
    user.save()
    values = {
        "display_name": NAME,
        "reference": REFERENCE,
        "home_postcode": POSTCODE,
        "home": Point(*HOME, srid=4326),
        "starts_from": "home",
        "ends_at": "home",
    }
    services.change_staff(person=staff, values=values, by=make.SETUP)
    staff.refresh_from_db()
    _work(world, staff, user)
    world.close()
    _plan_texts(world, staff)
    _account_texts(organisation, user, platform)
    _other_texts(organisation, user, world)
    for entry in inventory.personal_fields():
        if entry.on_erasure == OnErasure.REPLACED:
            _plant(entry)
    return ErasureWorld(user, staff, world.colleague, world.plan, world.team, list(ModelVersion.objects.all()))


def _work(world, staff, user):
    from uuid import uuid4

    day = PAST_DAY
    for kind, minutes, visit, note in (
        ("set_off", 2, None, ""),
        ("arrived", 20, world.visits[0].pk, ""),
        ("note", 25, world.visits[0].pk, "zebulon left the key with quagthrelfall"),
        ("done", 50, world.visits[0].pk, ""),
    ):
        event = Recorded(uuid4(), kind, at(minutes, day), visit, note=note)
        services.record_event(plan=world.plan, staff=staff, event=event, by=user, now=at(600, day))
    assert VisitRecord.objects.get(staff=staff, outcome="done").note
    way = LineString(HOME, (-1.9, 52.4), srid=4326)
    RouteAssignment.objects.filter(staff=staff).update(return_path=way, is_return_estimated=False)
    RouteStop.objects.filter(assignment__staff=staff, sequence=1).update(path=way, is_travel_estimated=False)


def _plan_texts(world, staff):
    plan, team = world.plan, world.team
    record_stored_version(plan, origin="moved", summary=f"Visits moved to {NAME}.", by=world.user)
    now, by = timezone.now(), world.user
    plan.refresh_from_db()
    plan.returned_by, plan.returned_at, plan.returned_reason = by, now, "So."
    plan.save()
    UnservedVisit.objects.create(
        plan=plan, visit=world.others_visit, reason="full", decision="other", decided_by=by, decided_at=now,
        decision_reason="So.",
    )  # fmt: skip
    PlanAdjustment.objects.create(
        plan=plan, kind="remedy", visit=world.visits[1], remedy={"kind": "tried"}, made_by=world.user
    )
    Disruption.objects.create(
        plan=plan, kind="sick", staff=world.colleague, at=at(0, PAST_DAY), based_on=1, made_by=world.user
    )
    WeekPlan.objects.create(organisation=plan.organisation, team=team, name="Week", first_day=PAST_DAY)
    rota = f"staff,day,start,end\n{REFERENCE},{make.DAY:%d/%m/%Y},09:00,17:00\n".encode()
    services.upload_rota(team=team, name=f"rota of {NAME}.csv", content=rota, by=make.SETUP)
    assert RotaFile.objects.get().report["added"] == 1


def _account_texts(organisation, user, platform):
    EmailAddress.objects.create(user=user, email=ADDRESS)
    SocialAccount.objects.create(user=user, provider="google", uid=PROVIDER_ID, extra_data={"name": NAME})
    PersonNote.objects.create(person=user, organisation=organisation, text=f"{NAME} prefers mornings.")
    account_services.notify(user=user, text=f"Welcome, {NAME}.", organisation=organisation)
    account_services.notify(user=platform, text=f"{NAME} has joined.", organisation=organisation)
    membership = user.memberships.get()
    account_services.suspend_member(membership=membership, by=platform, reason=f"{NAME} is on leave.")
    JobFactory(organisation=organisation, created_by=user, title="Rota of somebody")
    LegalHold.objects.create(
        organisation=organisation, reason="A case.", reference="HC-1", lifted_at=timezone.now(), placed_by=platform,
        lifted_because="It is over.",
    )  # fmt: skip
    UnusualBehaviour.objects.create(
        organisation=organisation, rule="refusals", day=PAST_DAY, number=9, threshold=5, state="explained",
        decided_by=platform, decided_at=timezone.now(), note="So.",
    )  # fmt: skip
    Authenticator.objects.create(user=user, type="webauthn", data={"name": f"Phone of {NAME}", "credential": {}})
    LogEntry.objects.create(
        user=platform,
        content_type=ContentType.objects.get_for_model(user),
        object_id=str(user.pk),
        object_repr=NAME,
        action_flag=CHANGE,
        change_message=f"Changed {ADDRESS}",
    )


def _other_texts(organisation, user, world):
    # The portal lies above: its table is reached by name.
    apps.get_model("portal", "SavedView").objects.create(
        organisation=organisation, owner=user, page="explore", name="Somebody's areas", is_shared=True
    )
    apps.get_model("portal", "Feedback").objects.create(
        organisation=organisation, written_by=user, kind="idea", text=f"{NAME} wants a bigger map.", page="/explore/"
    )
    talk = apps.get_model("insights", "Conversation").objects.create(
        organisation=organisation, owner=user, title=f"What {NAME} asked", slots='{"area": "E01000001"}'
    )
    talk.messages.create(position=1, kind="question", text=f"Where does {NAME} work?")
    talk.messages.create(position=2, kind="answer", content='{"paragraphs": []}')
    change_preferences(user=user, changes={"theme": "dark"})
    Upload.objects.create(organisation=organisation, size=1, names=["list.csv"], created_by=user)
    VisitMinutesOverride.objects.create(
        area=world.visits[0].area, organisation=organisation, minutes=30, reason="So.", created_by=user
    )


def _plant(entry):
    """The name, address and reference in one more text: what stood there stays."""
    model = apps.get_model(entry.model)
    row = model._default_manager.order_by("pk").last()
    assert row is not None, f"{entry.name}: the world of this test has no row of it"
    old = getattr(row, entry.field)
    if isinstance(old, dict):
        new = old | {REFERENCE: [f"{NAME} <{ADDRESS}>", {"home": POSTCODE}]}
    elif isinstance(old, list):
        new = [*old, {"staff": REFERENCE, "text": f"As {NAME.upper()} said ({ADDRESS})"}]
    elif isinstance(old, bytes | memoryview):
        return
    else:
        longest = model._meta.get_field(entry.field).max_length or 300
        new = f"{old} {NAME}, {REFERENCE}"[-longest:]
    setattr(row, entry.field, new)
    # Words of decided models are frozen otherwise.
    with transaction.atomic(), changed_words_allowed():
        row.save(update_fields=[entry.field])


def planted_patient(organisation, make_user):
    """An entry of a caseload whose first visit was made, written about and left out, in a plan that is over."""
    world = published_round(organisation, make_user, day=PAST_DAY)
    entry, visit = world.caseload_entry(), world.visits[0]
    home = {"postcode": POSTCODE, "point": Point(*HOME, srid=4326)}
    values = {"reference": PATIENT_REFERENCE, **home, "area": entry.area}
    entry = services.save_caseload_entry(team=world.team, entry=entry, values=values, by=make.SETUP)
    for name, value in (home | {"reference": PATIENT_REFERENCE, "caseload_entry": entry}).items():
        setattr(visit, name, value)
    visit.save()
    visit.preferred_staff.add(world.staff)
    _work(world, world.staff, world.user)
    world.close()
    record_stored_version(world.plan, origin="moved", summary=f"{PATIENT_REFERENCE} was moved.", by=world.user)
    UnservedVisit.objects.create(
        plan=world.plan, visit=world.others_visit, reason="full", detail=f"After {PATIENT_REFERENCE} nobody has time.",
        remedies=[{"kind": "move", "change": 0, "moved": [PATIENT_REFERENCE]}],
    )  # fmt: skip
    assert PATIENT_REFERENCE in str(world.plan.versions.get().routes)
    return world, entry


def presentable(plan):
    """What was planted into JSON by hand is nothing that pages expect: it goes again."""
    plan.unserved.update(remedies=[])
    plan.adjustments.all().delete()
    plan.disruptions.all().delete()
    plan.refresh_from_db()
    plan.intake, plan.travel, plan.cost, plan.equity, plan.trace, plan.price = {}, {}, {}, {}, [], {}
    plan.save()
    for version in plan.versions.all():
        version.routes = [route for route in version.routes if "stops" in route]
        version.unserved, version.cost, version.equity = [], {}, {}
        version.save()
