"""The first administrator, the demo accounts, and the worker's housekeeping."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import audit, demo, tasks
from accounts.models import AuditCheck, AuditEvent, Job, JobState, Membership, Notification, Organisation, Session, User
from accounts.tests.factories import PlatformAdministratorFactory
from accounts.tests.test_jobs import dead
from accounts.trail import tasks as trail_tasks

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery\n"


def create(monkeypatch, *arguments, email="first@example.nhs.uk", password=PASSWORD):
    monkeypatch.setattr("sys.stdin", io.StringIO(password))
    call_command("create_first_administrator", "--email", email, "--password-stdin", *arguments)


def test_the_first_administrator_can_sign_in_and_is_recorded(monkeypatch, capsys):
    create(monkeypatch)
    user = User.objects.get()
    assert (user.is_platform_administrator, user.check_password(PASSWORD.strip())) == (True, True)
    assert AuditEvent.objects.filter(action="platform.first_administrator", target_id=str(user.pk)).exists()
    assert "first@example.nhs.uk is a platform administrator" in capsys.readouterr().out


def test_it_can_make_the_first_organisation_too(monkeypatch):
    create(monkeypatch, "--organisation", "Northgate")
    assert Membership.objects.get().roles == ["administrator"]
    assert Organisation.objects.get().name == "Northgate"


def test_a_second_one_is_refused_unless_forced(monkeypatch):
    PlatformAdministratorFactory()
    with pytest.raises(CommandError, match="already"):
        create(monkeypatch)
    create(monkeypatch, "--force")
    assert AuditEvent.objects.get(action="platform.first_administrator").details == {"forced": True}


def test_demo_administrators_do_not_count(monkeypatch):
    PlatformAdministratorFactory(is_demo=True)
    create(monkeypatch)
    assert User.objects.get(is_demo=False).is_platform_administrator


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("nonsense", PASSWORD, "not an email address"),
        ("first@example.nhs.uk", "short\n", "too short"),
        ("taken@example.nhs.uk", PASSWORD, "has an account already"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(monkeypatch, make_user, email, password, message):
    make_user(email="taken@example.nhs.uk")
    with pytest.raises(CommandError, match=message):
        create(monkeypatch, email=email, password=password)
    assert not User.objects.filter(is_platform_administrator=True).exists()


def test_demo_accounts_by_command(settings, capsys):
    with pytest.raises(CommandError, match="DEMO_MODE"):
        call_command("create_demo_accounts")
    settings.DEMO_MODE = True
    call_command("create_demo_accounts")
    assert "planner@aldermoor.example" in capsys.readouterr().out
    assert Organisation.objects.get().name == demo.ORGANISATION


def test_the_worker_ends_jobs_of_dead_workers(organisation):
    job = dead(organisation)
    tasks.end_interrupted_jobs.call_local()
    assert Job.objects.get(pk=job.pk).state == JobState.INTERRUPTED


def test_the_workers_beat_can_be_read():
    assert tasks.worker_seen_seconds_ago() is None
    tasks.beat_every_minute.call_local()
    assert 0 <= tasks.worker_seen_seconds_ago() < 60


def test_an_intact_trail_worries_nobody(platform_administrator):
    audit.record(action="test.happened", by=audit.SystemActor("test"))
    trail_tasks.check_whole_audit_trail.call_local()
    assert AuditCheck.objects.latest_one().is_intact
    assert not Notification.objects.exists()


def test_housekeeping_forgets_expired_sign_ins_only():
    now = timezone.now()
    for key, expires in (("old", now - timedelta(days=1)), ("new", now + timedelta(days=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    tasks.forget_expired_sign_ins.call_local()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
