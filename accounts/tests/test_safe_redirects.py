"""Nobody is sent to another site, whatever a link, a form or a header asks for."""

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from accounts.safe_redirects import safe_address, safe_next

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/%0d%0aLocation:https://evil.example".replace("%0d%0a", "\r\n"),
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//testserver@evil.example/",
    "evil.example",
    "ftp://testserver/",
    "/ok\0",
    "/\u202eelpmaxe",
    "[",
    "/" + "a" * 3_000,
]


@pytest.fixture
def request_here():
    return RequestFactory().get("/here/")


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_elsewhere_is_nowhere(request_here, wanted):
    assert safe_address(request_here, wanted, otherwise="/back/") == "/back/"


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ("/plans/?day=2026-11-23#map", "/plans/?day=2026-11-23#map"),
        ("http://testserver/plans/?q=a%20b", "/plans/?q=a%20b"),
        ("/search/?q=https://evil.example/", "/search/?q=https://evil.example/"),
        ("", "/back/"),
        (None, "/back/"),
    ],
)
def test_addresses_of_ours_are_taken(request_here, wanted, sent):
    assert safe_address(request_here, wanted, otherwise="/back/") == sent


@given(st.text(alphabet="/\\:@.?#evil \t\n%htps", max_size=20))
def test_whatever_comes_out_begins_here(wanted):
    sent = safe_address(RequestFactory().get("/"), wanted, otherwise="/back/")
    assert sent.startswith("/") and sent[1:2] not in ("/", "\\")


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ELSEWHERE[:8])
def test_doors_that_send_people_on_keep_them_here(client_as, client, settings, wanted):
    settings.DEMO_MODE = True
    request = RequestFactory().post("/", {"next": wanted})
    assert safe_next(request, otherwise="/back/") == "/back/"
    # A script whose session has ended: where it says to have been.
    answer = client.get("/roles/", headers={"HX-Request": "true", "HX-Current-URL": wanted})
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2F"
    page = client_as("viewer").get("/accounts/login/", {"next": wanted}, headers={"Referer": wanted})
    assert not page.get("Location", "/").startswith(("http", "//"))
