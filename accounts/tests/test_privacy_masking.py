"""Nothing personal and no secret in the logs, also in exceptions and in Django's own messages."""

import json
import logging
import subprocess
import sys

import pytest

from accounts.privacy.encryption import encrypt
from accounts.privacy.masking import mask_personal, masked, masked_text

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        ("Mail to jo.o'neil+x@trust.nhs.uk failed", "neil"),
        ("GET /?email=jo%40trust.nhs.uk", "jo%40"),
        ("lives at SW1A 1AA", "1AA"),
        ("lives at b338th", "8th"),
        ("?postcode=B33+8TH&x=1", "8TH"),
        (f"Authorization: Bearer {TOKEN}", "c2lnbmF0"),
        (f"refused {TOKEN}", "eyJzdWIi"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjp"),
        ("Api-Key her_abcdefgh.0123456789abcdef0123", "0123456789"),
        ("sessionid=kq3v9x8w7y6z5; path=/", "kq3v9x"),
        ("{'csrfmiddlewaretoken': 'AbCdEfGh', 'password': 'hunter22'}", "hunter22"),
        ("POST code=1 password=hunter22&next=/", "hunter22"),
        ("line\nbreak jo@trust.nhs.uk\r\nand more", "jo@"),
    ],
)
def test_what_is_personal_or_secret_is_masked(text, trace):
    assert trace not in masked_text(text)


@pytest.mark.parametrize(
    "text",
    [
        *("GET /plans/0b1e7a52-9f0a-4a55-8a3e-5f9c8f0d1a2b/ 200", "loaded 33755 areas of E01000001 in 3.2 s"),
        *("E08000025 Birmingham", "2026-11-22T08:31:00Z", "routing.tasks.optimise", "18 rows refused"),
    ],
)
def test_what_logs_are_for_stays(text):
    assert masked_text(text) == text


def test_encrypted_texts_are_no_matter_of_logs():
    assert masked_text(f"row {encrypt('x')}") == "row [encrypted]"


def test_nested_values_and_objects_are_masked():
    class Person:
        def __str__(self):
            return "jo@trust.nhs.uk"

    told = masked({"who": [Person(), ("jo@trust.nhs.uk",)], "headers": {"Cookie": "a=b", "X": b"jo@trust.nhs.uk"}})
    assert "jo@" not in json.dumps(told)
    assert told["headers"]["Cookie"] == "[hidden]"
    deep = {}
    deep["self"] = deep
    assert masked(deep)


def test_identifiers_of_requests_stay():
    event = {"event": "x", "request_id": "4af7d6e7-facb", "user_id": "7", "exception": "ValueError: jo@trust.nhs.uk"}
    told = mask_personal(None, "info", event)
    assert told["request_id"] == "4af7d6e7-facb"
    assert told["exception"] == "ValueError: [email address]"


SCRIPT = """
import django, logging
django.setup()
import structlog
try:
    raise ValueError("no account jo@trust.nhs.uk at SW1A 1AA")
except ValueError:
    structlog.get_logger("x").exception("failed", address="jo@trust.nhs.uk", password="hunter22")
    logging.getLogger("django.request").exception("Not Found: %s", "/?email=jo@trust.nhs.uk")
    logging.getLogger("huey").error("task jo@trust.nhs.uk", extra={"who": "jo@trust.nhs.uk"})
"""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_what_is_written_holds_none_of_it(log_format):
    """The whole way, as configured: structlog, Django and Huey, tracebacks included."""
    import os

    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "healthequiroute.settings", "LOG_FORMAT": log_format}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("[email address]") >= 4
    for trace in ("jo@", "SW1A", "hunter22"):
        assert trace not in done.stderr


def test_the_logger_of_requests_is_not_left_out():
    assert logging.getLogger("django.request").propagate
