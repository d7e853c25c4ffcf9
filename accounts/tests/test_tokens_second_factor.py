"""Where a second factor is needed, a password alone gives no token."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from rest_framework.test import APIClient

from accounts.models import AuditEvent, TokenFamily
from accounts.permissions import Role
from accounts.privacy import subject_keys
from accounts.sessions.mfa_adapter import ABOUT

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person_with(make_user):
    def make(role, **fields):
        user = make_user(roles=[role], email="priya@example.nhs.uk", **fields)
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


def ask(**given):
    body = {"email": "priya@example.nhs.uk", "password": PASSWORD, **given}
    return APIClient().post("/api/v1/token/", body)


def add_app(user):
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": subject_keys.encrypt_for(user, SECRET, about=ABOUT)}
    )


def code_now() -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(SECRET, counter))


def test_an_administrator_without_a_second_factor_gets_none_and_is_told_what_to_do(person_with):
    person_with(Role.ADMINISTRATOR)
    answer = ask()
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert "set one up" in answer.json()["detail"]
    assert not TokenFamily.objects.exists()
    # Whoever has not even the password learns nothing of that.
    assert ask(password="wrong").status_code == 401


def test_a_platform_administrator_neither(person_with):
    person_with(Role.VIEWER, is_platform_administrator=True)
    assert ask().status_code == 403


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PLANNER])
def test_whoever_has_an_app_gives_its_code(person_with, role):
    add_app(person_with(role))
    missing, wrong = ask(), ask(otp="000000" if code_now() != "000000" else "000001")
    assert (missing.status_code, wrong.status_code) == (401, 401)
    assert "otp" in missing.json()["detail"]
    assert not TokenFamily.objects.exists()
    assert set(ask(otp=code_now()).json()) == {"access", "refresh"}


def test_a_code_is_right_once(person_with):
    add_app(person_with(Role.PLANNER))
    code = code_now()
    assert [ask(otp=code).status_code for _ in range(2)] == [200, 401]
    assert AuditEvent.objects.filter(action="token.issued").count() == 1


def test_codes_are_limited_with_the_passwords(person_with):
    add_app(person_with(Role.PLANNER))
    assert [ask(otp="123").status_code for _ in range(6)] == [401] * 5 + [429]
