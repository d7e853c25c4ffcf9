"""After an erasure nothing leads to the person: tables, Redis, files, logs, exports. What others did stays."""

import logging
import os
import pickle
import re
import struct
import subprocess
import zipfile
import zlib

import pytest
import redis
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import (
    ActorPseudonym,
    AuditEvent,
    LegalHold,
    Membership,
    Session,
    SubjectKey,
    TokenFamily,
    User,
)
from accounts.privacy import copy_files
from accounts.privacy.erasure import ErasureRefused, erase_person, preview
from accounts.privacy.inventory import OnErasure
from accounts.privacy.subjects import ERASED_NAME, person_of_account, person_of_row
from accounts.trail.keys import make_key
from lsoa.models import Upload
from lsoa.services.uploads import upload_folder
from priorities.models import ModelVersion
from routing import services
from routing.models import CaseloadEntry, RoundEvent, RouteAssignment, RouteStop, StaffMember, Visit
from routing.tests import factories as make

from .erasure_world import (
    ADDRESS,
    HOME,
    NAME,
    PATIENT_REFERENCE,
    PATIENT_TRACES,
    POSTCODE,
    REFERENCE,
    TRACES,
    planted,
    planted_patient,
    presentable,
)
from .rounds_world import PAST_DAY, published_round

PLACES = {repr(number): struct.pack("<d", number).hex() for number in HOME}


def found_in(text: str, traces=TRACES) -> list[str]:
    """Traces in a text: as they are written, as hexadecimal (bytea in a dump), and coordinates as PostGIS has them."""
    text = text.lower()
    found = [trace for trace in traces if trace in text or trace.encode().hex() in text]
    return found + [place for place, packed in PLACES.items() if packed in text]


def dump() -> str:
    """The whole database, rows of every table, read by the owner of the tables."""
    told = connection.settings_dict
    command = ["pg_dump", "--data-only", "-h", told["HOST"], "-p", str(told["PORT"]), "-d", told["NAME"]]
    command += ["-U", django_settings.DATABASE_OWNER_ROLE, "--schema=public"]
    # Open data are large, and say nothing of anybody.
    command += ["--exclude-table-data=lsoa_postcode", "--exclude-table-data=spatial_ref_sys"]
    environment = {**os.environ, "PGPASSWORD": os.environ.get("DATABASE_OWNER_PASSWORD", "")}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def in_dump(traces=TRACES) -> list[str]:
    """Table and beginning of the row of each trace."""
    found, table = [], ""
    for line in dump().splitlines():
        if line.startswith("COPY "):
            table = line.split()[1]
        found += [f"{table}: {trace} in {line[:300]}" for trace in found_in(line, traces)]
    return found


def in_redis(traces=TRACES) -> list[str]:
    """Traces in keys and values of the Redis that tests use (queue and results of work, limits, parts of searches),
    packed ones unpacked, and in what is cached.
    """
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    texts = [repr((key, _unpacked(client.dump(key) or b""))) for key in client.scan_iter(count=1_000)]
    client.close()
    cached = getattr(cache, "_cache", {})
    texts += [repr((key, pickle.loads(value))) for key, value in cached.items()]
    return found_in("".join(texts), traces)


def _unpacked(value: bytes) -> str:
    """With what is packed in it: lists of parts of a search are compressed JSON."""
    texts = [value.decode("latin-1")]
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", value):
        try:
            texts.append(zlib.decompressobj().decompress(value[start.start() :]).decode("latin-1"))
        except zlib.error:
            continue
    return "".join(texts)


def in_files(*folders, traces=TRACES) -> list[str]:
    """Traces in names and contents, those of archives too."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            found += found_in(str(path.relative_to(folder)), traces)
            if path.is_file():
                found += found_in(_content(path), traces)
    return found


def _content(path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_bytes().decode("latin-1")
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode("latin-1") for name in archive.namelist())


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_an_erased_person(
    organisation, make_user, client_as, platform_administrator, settings, tmp_path, caplog
):
    folders = _folders(settings, tmp_path)
    world = planted(organisation, make_user, platform_administrator)
    own = _lived(world, client_as)
    assert {"zebulon", "quagthrelfall", "qq9 7zy", *PLACES} <= set(found_in(dump()))
    assert in_files(*folders)
    colleagues_routes = [route for route in world.plan.versions.get().routes if route["staff"] != REFERENCE]
    caplog.clear()
    caplog.set_level(logging.DEBUG)

    counts = erase_person(
        person=person_of_account(world.user), by=platform_administrator, reason="requested", organisation=None
    )

    assert counts["keys destroyed"] == 2
    presentable(world.plan)
    assert _exports(client_as, world) == []
    call_command("seal_audit", verbosity=0)
    model = world.versions[0]
    call_command("dex_export", model.name, number=model.number, out=tmp_path / "model.dxi")
    call_command("export_subject", email=platform_administrator.email, output=tmp_path / "copy-of-another.zip")
    assert in_dump() == []
    assert in_redis() == []
    assert in_files(*folders) == []
    assert audit.verify().intact
    assert found_in(caplog.text) == []
    assert own.get(reverse("my-account")).status_code == 302
    # Figures and the rounds of others stay.
    version = world.plan.versions.get()
    assert [route for route in version.routes if not route["staff"].startswith("erased-")] == colleagues_routes
    staff = StaffMember.objects.get(pk=world.staff.pk)
    assert staff.reference in {route["staff"] for route in version.routes}
    assert (staff.display_name, staff.home, staff.user) == (ERASED_NAME, None, None)
    assert RoundEvent.objects.filter(staff=staff).count() == 4
    assert RouteAssignment.objects.get(staff=staff).travel_metres > 0
    user = User.objects.get(pk=world.user.pk)
    assert (user.full_name, user.is_active, user.has_usable_password()) == (ERASED_NAME, False, False)
    assert not Membership.objects.filter(user=user).exists()
    assert not ActorPseudonym.objects.filter(user=user).exists()
    assert not Session.objects.filter(user=user).exists()
    assert not TokenFamily.objects.filter(user=user).exists()


def _folders(settings, tmp_path):
    """Everywhere that the product writes files: docs/privacy.md lists them."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FEED_DROP_ROOT = tmp_path / "feeds"
    settings.AUDIT_SEAL_DIRECTORY = str(tmp_path / "seals")
    settings.AUDIT_SEAL_KEY = str(tmp_path / "keys" / "seal.key")
    make_key(tmp_path / "keys" / "seal.key")
    return [tmp_path]


def _lived(world, client_as):
    """A day of the person: a wrong password, pages, a copy of their data, a file that waits to be loaded; and others
    who looked at them. Returns the person's client.
    """
    Client().post(reverse("account_login"), {"login": ADDRESS, "password": "not-this-one"})
    own = client_as(user=world.user)
    for name in ("home", "my-account", "devices", "notifications", "my-round"):
        own.get(reverse(name))
    own.post(reverse("my-data"))
    copy_files.keep(world.user.pk, "job", f"{NAME} {ADDRESS}".encode())
    upload = Upload.objects.create(organisation=world.team.organisation, size=1, created_by=world.user)
    folder = upload_folder(upload)
    folder.mkdir(parents=True)
    (folder / "0001").write_text(f"area,{NAME}")
    others = client_as("planner", "administrator", "auditor")
    for address in ("plans", "members", "mileage", "mileage-csv", "audit", "audit-export"):
        others.get(reverse(address))
    others.get(reverse("staff", args=[world.team.pk, world.staff.pk]))
    return own


def _exports(client_as, world, traces=TRACES) -> list[str]:
    """Traces in pages and files that are made now, for those who may see all of them."""
    client = client_as("planner", "approver", "administrator", "auditor")
    plan = {"plan_id": world.plan.pk}
    addresses = [
        *(reverse(name, kwargs=plan) for name in ("plan", "plan-versions", "plan-run-sheets", "plan-stops-csv")),
        *(reverse(name, kwargs=plan) for name in ("plan-actual", "plan-actual-csv", "plan-routes", "plan-problem")),
        *(reverse(name, kwargs=plan) for name in ("plan-solution", "plan-timeline", "plan-fixed")),
        reverse("plan-version", kwargs=plan | {"number": world.plan.versions.get().number}),
        *(reverse(name) for name in ("plans", "members", "audit", "notifications", "audit-report-file")),
        *(reverse(name) for name in ("equity", "equity-csv", "mileage", "mileage-csv", "legal-holds", "privacy")),
        reverse("plan-run-sheet", kwargs=plan | {"staff_id": world.staff.pk}),
        reverse("plan-round-calendar", kwargs=plan | {"staff_id": world.staff.pk}),
        reverse("plan-round-gpx", kwargs=plan | {"staff_id": world.staff.pk}),
    ]
    found = []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in (200, 404, 409), (address, answer.status_code)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found += [f"{address}: {trace}" for trace in found_in(content.decode(), traces)]
    return found


@pytest.mark.django_db
def test_the_page_is_told_what_would_happen_and_nothing_has(organisation, make_user, platform_administrator):
    world = planted(organisation, make_user, platform_administrator)
    told = preview(person_of_account(world.user), by=platform_administrator)
    effects = {name: (what, count) for name, what, count in told.effects}
    assert told.obstacles == []
    assert effects["routing.StaffMember.home"] == ("made unreadable: its key is destroyed", 1)
    # Their own message goes; in those of others their name is replaced.
    assert ("accounts.Notification.text", OnErasure.ROW_DELETED.value, 1) in told.effects
    assert effects["routing.PlanVersion.summary"] == ("the person's names are replaced", 1)
    assert any(name == "accounts.AuditEvent.actor_id" for name, _ in told.stays)
    assert User.objects.get(pk=world.user.pk).email == ADDRESS
    assert SubjectKey.objects.filter(destroyed_at__isnull=False).count() == 0


@pytest.mark.django_db
def test_a_reference_of_another_team_and_a_longer_name_are_left_alone(organisation, make_user, platform_administrator):
    world = planted(organisation, make_user, platform_administrator)
    other = make.team(organisation, [world.team.patch.areas.first()], people=1)
    namesake = other.staff.get()
    namesake.reference = REFERENCE
    namesake.save()
    plan = published_plan_of(other)
    words = "For Zebulon Quagthrelfallson."
    plan.versions.create(number=1, origin="moved", routes=[{"staff": REFERENCE}], summary=words)
    erase_person(person=person_of_account(world.user), by=platform_administrator, reason="requested")
    version = plan.versions.get()
    assert version.routes == [{"staff": REFERENCE}]
    assert version.summary == words


def published_plan_of(team):
    from routing.models import RoutePlan

    return RoutePlan.objects.create(organisation=team.organisation, team=team, day=PAST_DAY, name="Other plan")


@pytest.mark.django_db
def test_the_reasons_of_published_models_lose_names_and_nothing_else(
    make_user, organisation, platform_administrator, second_platform_administrator
):
    world = planted(organisation, make_user, platform_administrator)
    version = ModelVersion.objects.order_by("pk").last()
    assert NAME in version.reason
    version.thresholds = {"any": 1}
    version.save()
    version.state, version.proposed_by, version.proposed_at = "review", platform_administrator, timezone.now()
    version.save()
    version.state, version.published_by, version.published_at = (
        "published",
        second_platform_administrator,
        timezone.now(),
    )
    version.save()
    with pytest.raises(IntegrityError, match="why cannot change"), transaction.atomic():
        ModelVersion.objects.filter(pk=version.pk).update(reason="Another one")
    erase_person(person=person_of_account(world.user), by=platform_administrator, reason="requested")
    assert NAME not in ModelVersion.objects.get(pk=version.pk).reason


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["self", "hold", "hold on the organisation", "round", "twice"])
def test_what_stands_against_it_is_said(what, organisation, make_user, platform_administrator):
    day = make.DAY if what == "round" else PAST_DAY
    world = published_round(organisation, make_user, day=day)
    by = world.user if what == "self" else platform_administrator
    if what == "hold":
        LegalHold.objects.create(subject_type="accounts.user", subject_id=str(world.user.pk), reason="A case")
    if what == "hold on the organisation":
        LegalHold.objects.create(organisation=organisation, reason="A case")
    if what == "twice":
        erase_person(person=person_of_account(world.user), by=by, reason="requested")
        world.user.refresh_from_db()
    before = AuditEvent.objects.filter(action="person.erased").count()
    with pytest.raises(ErasureRefused) as refused:
        erase_person(person=person_of_account(world.user), by=by, reason="requested")
    words = {"self": "yourself", "round": "includes this person", "twice": "already"}.get(what, "legal hold")
    assert words in str(refused.value)
    assert AuditEvent.objects.filter(action="person.erased").count() == before


@pytest.mark.django_db
def test_the_last_administrator_stays(organisation, make_user, platform_administrator):
    admin = make_user(roles=["administrator"])
    with pytest.raises(ErasureRefused, match="last administrator of"):
        erase_person(person=person_of_account(admin), by=platform_administrator, reason="left")
    make_user(roles=["administrator"])
    erase_person(person=person_of_account(admin), by=platform_administrator, reason="left")
    assert User.objects.get(pk=admin.pk).erased_at is not None


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_somebody_without_an_account(
    organisation, make_user, client_as, platform_administrator, settings, tmp_path
):
    _folders(settings, tmp_path)
    world = planted(organisation, make_user, platform_administrator)
    # They had an account once, which was erased of its own.
    services.change_staff(person=world.staff, values={"user": None}, by=make.SETUP)
    erase_person(person=person_of_account(world.user), by=platform_administrator, reason="left")
    person = StaffMember.objects.get(pk=world.staff.pk)
    assert in_dump()
    admin = make_user(roles=["administrator"])
    erase_person(person=person_of_row(person), by=admin, reason="left", organisation=organisation)
    presentable(world.plan)
    assert _exports(client_as, world) == []
    assert in_dump() == []
    person.refresh_from_db()
    assert (person.display_name, person.is_active) == (ERASED_NAME, False)
    assert audit.verify().intact
    assert AuditEvent.objects.filter(action="person.erased", organisation_id=organisation.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_somebody_who_was_visited(
    organisation, make_user, client_as, settings, tmp_path, platform_administrator
):
    folders = _folders(settings, tmp_path)
    world, entry = planted_patient(organisation, make_user)
    admin = client_as("administrator")
    address = {"label": "routing.caseloadentry", "pk": entry.pk}
    assert admin.post(reverse("data-subject-copy", kwargs=address)).status_code == 302
    assert {PATIENT_REFERENCE, POSTCODE.lower(), *PLACES} <= set(found_in(dump(), PATIENT_TRACES))
    assert in_files(*folders, traces=PATIENT_TRACES)
    before = list(RouteAssignment.objects.order_by("pk").values_list("travel_metres", "service_seconds"))
    answer = admin.post(
        reverse("data-subject-erase", kwargs=address), {"reason": "requested", "step": "erase", "typed": "ERASE"}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert _exports(client_as, world, PATIENT_TRACES) == []
    assert in_dump(PATIENT_TRACES) == []
    assert in_redis(PATIENT_TRACES) == []
    assert in_files(*folders, traces=PATIENT_TRACES) == []
    assert audit.verify().intact
    # What was done is still counted, in the same area.
    visit = Visit.objects.select_related("area").get(pk=world.visits[0].pk)
    assert visit.point.equals(visit.area.centroid)
    assert (visit.tier, visit.state, visit.caseload_entry) == (1, "done", None)
    assert list(RouteAssignment.objects.order_by("pk").values_list("travel_metres", "service_seconds")) == before
    assert RouteStop.objects.filter(visit=visit).count() == 1
    assert not CaseloadEntry.objects.exists()
    assert AuditEvent.objects.filter(action="person.erased", organisation_id=organisation.pk).count() == 1


@pytest.mark.django_db
def test_a_visit_to_come_stands_against_erasing_somebody_who_is_visited(organisation, make_user):
    world = published_round(organisation, make_user)
    entry = world.caseload_entry()
    Visit.objects.filter(pk=world.visits[0].pk).update(caseload_entry=entry)
    with time_machine.travel(f"{make.DAY}T06:00Z"), pytest.raises(ErasureRefused, match="visit to this person"):
        erase_person(person=person_of_row(entry), by=make.SETUP, reason="left", organisation=organisation)
    assert CaseloadEntry.objects.filter(pk=entry.pk).exists()


@pytest.mark.django_db
def test_somebody_with_an_account_is_not_half_erased(organisation, make_user):
    world = published_round(organisation, make_user, day=PAST_DAY)
    with pytest.raises(ValueError, match="account"):
        person_of_row(world.staff)
