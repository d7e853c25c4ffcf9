"""Secrets come from files where a platform hands them over so, and are in no log, no answer and no page of errors."""

import logging
import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import path

from healthequiroute import urls as portal

SECRETS = [
    *("SECRET_KEY", "DATABASE_PASSWORD", "GOOGLE_CLIENT_SECRET", "CIS2_CLIENT_SECRET", "OS_API_KEY"),
    *("JWT_SIGNING_KEYS", "FIELD_ENCRYPTION_KEYS", "REDIS_URL"),
]
SHOW = "from django.conf import settings as s; print({name: getattr(s, name) for name in dir(s) if name.isupper()})"


def value_of(name, number) -> str:
    """Of the form that the setting asks for."""
    if name == "REDIS_URL":
        return "redis://:from-a-file@localhost:6379/0"
    if name == "FIELD_ENCRYPTION_KEYS":
        # 32 bytes in base64.
        return "RnJvbS1hLWZpbGUtdGhpcnR5LXR3by1ieXRlcy1sb24="
    return f"from-a-file-{number}-" + "k3Y" * 12


def test_every_secret_may_come_from_a_file(tmp_path):
    nothing = tmp_path / "nothing.env"
    nothing.touch()
    variables = {"PATH": os.environ["PATH"], "HER_ENV_FILE": str(nothing), "GOOGLE_CLIENT_ID": "x"}
    expected = {}
    for number, name in enumerate(SECRETS):
        file = tmp_path / name.lower()
        # As editors and platforms leave them: with a line's end.
        expected[name] = value_of(name, number)
        file.write_text(f"{expected[name]}\n")
        variables[f"{name}_FILE"] = str(file)
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SHOW]
    done = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [name for name, value in expected.items() if value not in done.stdout] == []


def broken(request):
    secret = request.headers["Authorization"] + request.POST["password"]
    raise RuntimeError(f"Something of {len(secret)} letters is wrong.")


urlpatterns = [path("api/v1/broken/", broken), path("broken/", broken), *portal.urlpatterns]
handler500 = "healthequiroute.errors.server_error"
MARKS = ("bearer-mark", "password-mark", "cookie-mark", "question-mark", "address-mark")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/broken/", "/api/v1/broken/"])
def test_a_fault_shows_nothing_of_the_request_or_the_settings(settings, caplog, address):
    settings.DEBUG = False
    # Who is signed in is not asked here.
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "request_log" in each or "answer_headers" in each]
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "cookie-mark"
    headers = {"Authorization": "Bearer bearer-mark", "X-Forwarded-For": "address-mark"}
    with caplog.at_level(logging.DEBUG):
        answer = client.post(f"{address}?q=question-mark", {"password": "password-mark"}, headers=headers)
    assert answer.status_code == 500
    said, logged = answer.content.decode(), caplog.text + str([record.__dict__.get("msg") for record in caplog.records])
    assert "RuntimeError" in logged
    for hidden in (*MARKS, settings.SECRET_KEY, settings.REDIS_URL, "Traceback", "RuntimeError", "manage.py"):
        assert hidden not in said, hidden
    for hidden in (*MARKS, settings.SECRET_KEY):
        assert hidden not in logged, hidden


@pytest.mark.django_db
def test_requests_are_logged_without_what_was_asked(client_as, caplog):
    with caplog.at_level(logging.DEBUG):
        client_as("viewer").get("/search/", {"q": "question-mark"}, headers={"User-Agent": "agent"})
        Client().post("/accounts/login/", {"login": "somebody-mark@example.com", "password": "password-mark"})
    assert "GET /search/" in caplog.text
    for hidden in ("question-mark", "somebody-mark", "password-mark"):
        assert hidden not in caplog.text, hidden
