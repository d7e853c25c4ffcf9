"""The exact headers of every kind of answer: a change of one of them is a decision, and is made here too."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.test import Client

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-N'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'; "
    "manifest-src 'self'; object-src 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FEATURES_IN_USE = {"publickey-credentials-create=(self)", "publickey-credentials-get=(self)"}
NEVER = {"Server", "X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Via"}


def policy_of(answer) -> str:
    """The policy with the nonce blotted out, sorted by directive as POLICY is not."""
    return re.sub(r"'nonce-[A-Za-z0-9+/=_-]{16,}'", "'nonce-N'", answer["Content-Security-Policy"])


def directives(policy) -> set[str]:
    return {part.strip().replace(" 'nonce-N'", "") for part in policy.split(";")}


@pytest.fixture
def pages(client_as, platform_client, client):
    """An answer of every kind, by what it is."""
    signed_in = client_as("viewer", "planner", "administrator")
    strict = Client(enforce_csrf_checks=True)
    return {
        "sign-in": client.get("/accounts/login/"),
        "page": signed_in.get("/roles/"),
        "sent to sign in": client.get("/roles/"),
        "no such page": signed_in.get("/nothing/"),
        "not allowed": client_as("viewer").get("/members/"),
        "without the form's secret": strict.post("/accounts/login/", {}),
        "bad request": signed_in.get("/search/?q=%00"),
        "another host": client.get("/", headers={"host": "evil.example"}),
        "too large": signed_in.post("/search/", "x" * 7_000_000, content_type="text/plain"),
        "admin": platform_client.get("/admin/"),
        "API docs": signed_in.get("/api/v1/docs/"),
        "API schema": signed_in.get("/api/v1/schema/"),
        "API refusal": client.get("/api/v1/areas/"),
        "API not found": signed_in.get("/api/v1/route-plans/9b9a4a1e-1111-4111-8111-111111111111/"),
        "probe": client.get("/health/live"),
    }


@pytest.mark.django_db
def test_every_kind_of_answer_has_the_same_headers(pages):
    statuses = {name: answer.status_code for name, answer in pages.items()}
    assert statuses == {
        "sign-in": 200,
        "page": 200,
        "sent to sign in": 302,
        "no such page": 404,
        "not allowed": 403,
        "without the form's secret": 403,
        "bad request": 400,
        "another host": 400,
        "too large": 413,
        "admin": 200,
        "API docs": 200,
        "API schema": 200,
        "API refusal": 401,
        "API not found": 404,
        "probe": 200,
    }
    for name, answer in pages.items():
        assert {header: answer.get(header) for header in ALWAYS} == ALWAYS, name
        assert directives(policy_of(answer)) == directives(POLICY), name
        assert not NEVER & set(answer.headers), name
        assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"], name


@pytest.mark.django_db
def test_pages_have_no_script_or_style_of_their_own_without_the_nonce(pages):
    for name, answer in pages.items():
        text = answer.content.decode()
        nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
        for script in re.findall(r"<script\b[^>]*>", text):
            assert (nonce and f'nonce="{nonce[1]}"' in script) or "src=" in script or "json" in script, (name, script)
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", text), name


@pytest.mark.django_db
def test_a_nonce_is_for_one_page(client):
    nonces = {
        re.search(r"nonce-([^']+)'", client.get("/accounts/login/")["Content-Security-Policy"])[1] for _ in range(3)
    }
    assert len(nonces) == 3


@pytest.mark.django_db
def test_features_of_the_browser_are_refused_but_for_passkeys(client):
    features = set(client.get("/accounts/login/")["Permissions-Policy"].split(", "))
    assert {each for each in features if not each.endswith("=()")} == FEATURES_IN_USE
    for name in ("camera", "microphone", "geolocation", "display-capture", "usb", "payment", "clipboard-read"):
        assert f"{name}=()" in features


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_other_sites_and_of_scripts(client_as, organisation):
    client = client_as("viewer")
    # A page with a form, and one that writes to the session.
    csrf = client.get("/my-account/").cookies[configured.CSRF_COOKIE_NAME]
    answer = client.post("/organisation/", {"organisation": str(organisation.pk)})
    session = answer.cookies[configured.SESSION_COOKIE_NAME]
    assert session["httponly"]
    for cookie in (session, csrf):
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


NAMES = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS"
SHOW = f"from django.conf import settings as s; print(*(getattr(s, name) for name in '{NAMES}'.split()))"


@pytest.mark.parametrize(
    ("https", "expected"),
    [
        ("true", "__Host-sessionid __Host-csrftoken True True 31536000"),
        ("false", "sessionid csrftoken False False 0"),
    ],
)
def test_behind_tls_cookies_bear_the_name_that_binds_them_to_this_host(tmp_path, https, expected):
    nothing = tmp_path / "nothing.env"
    nothing.touch()
    variables = {"DEMO_MODE": "true", "HTTPS": https, "HER_ENV_FILE": str(nothing), "PATH": os.environ["PATH"]}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SHOW]
    done = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert done.stdout.strip() == expected, done.stderr


@pytest.mark.django_db
def test_hsts_is_sent_over_tls_and_plain_requests_are_sent_there(client, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    settings.SECURE_HSTS_PRELOAD = settings.SECURE_SSL_REDIRECT = True
    fresh = Client()
    answer = fresh.get("/accounts/login/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    plain = fresh.get("/accounts/login/")
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/accounts/login/")


ORIGIN = "https://dashboards.example.nhs.uk"


@pytest.mark.django_db
class TestOtherOrigins:
    ask = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}

    def test_by_default_none_may_ask(self, api_client_as):
        client = api_client_as("viewer")
        for answer in (
            client.get("/api/v1/areas/", headers=self.ask),
            client.options("/api/v1/areas/", headers=self.ask),
        ):
            assert not [name for name in answer.headers if name.startswith("Access-Control")]

    def test_one_that_is_named_may_ask_the_api_with_a_token(self, api_client_as, client, settings):
        settings.API_CORS_ORIGINS = [ORIGIN]
        before = client.options("/api/v1/areas/", headers=self.ask)
        assert (before.status_code, before["Access-Control-Allow-Origin"]) == (204, ORIGIN)
        assert "Authorization" in before["Access-Control-Allow-Headers"]
        answer = api_client_as("viewer").get("/api/v1/areas/", headers={"Origin": ORIGIN})
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, ORIGIN)
        assert "Origin" in answer["Vary"]
        assert "Access-Control-Allow-Credentials" not in {*answer.headers, *before.headers}

    @pytest.mark.parametrize("origin", ["null", "https://evil.example", f"{ORIGIN}.evil.example", ORIGIN.upper(), "*"])
    def test_others_still_may_not(self, api_client_as, settings, origin):
        settings.API_CORS_ORIGINS = [ORIGIN]
        answer = api_client_as("viewer").get("/api/v1/areas/", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer and "Origin" in answer["Vary"]

    def test_pages_are_for_nobody_else(self, client_as, settings):
        settings.API_CORS_ORIGINS = [ORIGIN]
        assert "Access-Control-Allow-Origin" not in client_as("viewer").get("/roles/", headers={"Origin": ORIGIN})
