"""Pages about one's own data: what is kept, a copy of it, and how a person is erased in two steps."""

import io
import json
import time
import zipfile

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import audit, services
from accounts.models import AuditEvent, Job, LegalHold, PersonNote, User
from accounts.privacy import copy_files, inventory
from accounts.sessions.marks import CONFIRMED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def ask_for_copy(client, django_capture_on_commit_callbacks) -> Job:
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("my-data")).status_code == 302
    return Job.objects.get(kind="privacy.copy", created_by=client.user)


def told_by(client, job) -> dict:
    answer = client.get(reverse("my-data-file", args=[job.pk]))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == ["data.csv", "data.html", "data.json"]
    assert client.user.email in archive.read("data.html").decode()
    return json.loads(archive.read("data.json"))


def test_every_telling_field_is_declared():
    """A new field must be declared in its app's personal_data.py before it is kept."""
    assert inventory.undeclared_fields() == []
    assert inventory.declared_in_vain() == []


def test_row_history_keeps_no_personal_field():
    from django.apps import apps
    from pghistory.models import Event

    for model in apps.get_models():
        if issubclass(model, Event) and getattr(model, "pgh_tracked_model", None):
            personal = inventory.personal_field_names(model.pgh_tracked_model)
            assert not personal & {field.name for field in model._meta.fields}, model


def test_the_page_says_what_is_kept_and_why(client_as):
    page = client_as().get(reverse("privacy")).content.decode()
    assert "So that others see who did what." in page
    assert "Files: copies of one&#x27;s own data" in page


def test_the_list_for_records_of_processing_has_every_field(capsys):
    call_command("list_personal_data", csv=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("name,why,basis,kept_for")
    assert {line.split(",")[0] for line in lines[1:]} >= {entry.name for entry in inventory.personal_fields()}
    call_command("list_personal_data")
    assert "accounts.User.email" in capsys.readouterr().out


def test_a_copy_holds_every_field_of_the_inventory_and_what_others_wrote(
    client_as, organisation, make_user, django_capture_on_commit_callbacks
):
    client = client_as("planner", full_name="Jo Copied")
    PersonNote.objects.create(person=client.user, organisation=organisation, text="Prefers mornings")
    services.notify(user=make_user(), text="Jo Copied has joined", organisation=organisation)
    job = ask_for_copy(client, django_capture_on_commit_callbacks)
    told = told_by(client, job)
    assert set(told["fields"]) == {entry.name for entry in inventory.personal_fields()}
    values = {name: [each["value"] for each in field["values"]] for name, field in told["fields"].items()}
    assert values["accounts.User.email"] == [client.user.email]
    assert values["accounts.PersonNote.text"] == ["Prefers mornings"]
    assert values["accounts.Notification.text"] == ["Jo Copied has joined"]
    assert values["accounts.User.password"] == []
    assert [row["roles"] for row in told["records"]["memberships"]] == [["planner"]]
    assert any(event["action"] == "privacy.copy_asked_for" for event in told["trail"])
    assert AuditEvent.objects.filter(action="privacy.copy_fetched").count() == 1


def test_a_copy_is_for_the_person_alone_and_for_a_day(client_as, platform_client, django_capture_on_commit_callbacks):
    client = client_as("planner")
    job = ask_for_copy(client, django_capture_on_commit_callbacks)
    address = reverse("my-data-file", args=[job.pk])
    for other in (client_as("administrator"), platform_client):
        assert other.get(address).status_code == 404
    assert client.get(address)["Cache-Control"] == "no-store"
    path = copy_files.path_of(client.user.pk, job.pk)
    assert path.stat().st_mode & 0o077 == 0
    import os

    a_day_ago = time.time() - 25 * 60 * 60
    os.utime(path, (a_day_ago, a_day_ago))
    assert client.get(address).status_code == 404
    assert copy_files.delete_old() == 1


def test_a_copy_needs_a_fresh_confirmation(client_as):
    client = client_as("planner")
    session = client.session
    session.pop(CONFIRMED)
    session.save()
    answer = client.get(reverse("my-data"))
    assert answer.status_code == 302
    assert "reauthenticate" in answer.url or "confirm" in answer.url


def test_the_command_writes_a_copy(make_user, tmp_path, capsys):
    user = make_user(roles=["viewer"])
    path = tmp_path / "copy.zip"
    call_command("export_subject", email=user.email, output=path)
    assert zipfile.ZipFile(path).read("data.json")
    for arguments in ({"email": user.email}, {"email": "nobody@example.org"}):
        with pytest.raises(SystemExit):
            call_command(
                "export_subject", **arguments, output=path if "nobody" not in str(arguments) else tmp_path / "x"
            )


def test_two_steps_and_a_typed_word_before_anybody_is_erased(platform_client, make_user):
    user = make_user(roles=["viewer"], full_name="Jo Erased")
    address = reverse("person-erase", args=[user.pk])
    page = platform_client.get(address).content.decode()
    assert "What will happen" in page
    assert "Account: full name" in page
    assert platform_client.post(address, {"step": "confirm"}).status_code == 422
    assert "Type ERASE" in platform_client.post(address, {"step": "confirm", "reason": "left"}).content.decode()
    assert platform_client.post(address, {"step": "erase", "reason": "left", "typed": "yes"}).status_code == 422
    assert User.objects.get(pk=user.pk).full_name == "Jo Erased"
    assert platform_client.post(address, {"step": "erase", "reason": "left", "typed": "ERASE"}).status_code == 302
    assert User.objects.get(pk=user.pk).erased_at is not None
    assert audit.verify().intact


def test_what_stands_against_it_is_on_the_page(platform_client, make_user, organisation):
    user = make_user(roles=["viewer"])
    LegalHold.objects.create(organisation=organisation, reason="A case")
    address = reverse("person-erase", args=[user.pk])
    page = platform_client.get(address).content.decode()
    assert "This cannot be done yet" in page
    assert "A case" not in page
    assert platform_client.post(address, {"step": "erase", "reason": "left", "typed": "ERASE"}).status_code == 422
    assert User.objects.get(pk=user.pk).erased_at is None


def test_nobody_erases_without_the_right(client_as, make_user):
    user = make_user(roles=["viewer"])
    assert client_as("administrator").get(reverse("person-erase", args=[user.pk])).status_code == 403
    assert Client().get(reverse("person-erase", args=[user.pk])).status_code == 302
