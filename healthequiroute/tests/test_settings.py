"""Settings are checked at start: what is wrong stops the start, and all of it is named at once."""

import os
import subprocess
import sys

import pytest

from accounts.checks import demo_mode_is_not_for_the_world
from healthequiroute.settings.security import DEMO_SECRET_KEY
from routing.checks import places_do_not_travel_in_clear

GOOD_KEY = "k3Y-for-9-tests" * 4
GOOD_TOKEN_KEY = "t0K3n-for-9-tests" * 4
GOOD_FIELD_KEY = "f1eld-k3Y-for-t3sts-" * 2
GOOD_SECRETS = {
    "SECRET_KEY": GOOD_KEY,
    "JWT_SIGNING_KEYS": GOOD_TOKEN_KEY,
    "FIELD_ENCRYPTION_KEYS": GOOD_FIELD_KEY,
}


def start(tmp_path, *arguments, **variables):
    """`manage.py check` with these variables only."""
    nothing = tmp_path / "nothing.env"
    nothing.touch()
    environment = {"PATH": os.environ["PATH"], "HER_ENV_FILE": str(nothing), **variables}
    command = [sys.executable, "manage.py", "check", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"DEBUG": "banana"}, ["DEBUG", "SECRET_KEY"]),
        ({"SECRET_KEY": ""}, ["SECRET_KEY"]),
        ({"SECRET_KEY": "short", "HUEY_WORKERS": "many", "LOG_LEVEL": "loud"}, ["SECRET_KEY", "WORKERS", "LEVEL"]),
        ({"SECRET_KEY": DEMO_SECRET_KEY}, ["everybody knows"]),
        ({**GOOD_SECRETS, "JWT_SIGNING_KEYS": ""}, ["JWT_SIGNING_KEYS"]),
        ({**GOOD_SECRETS, "JWT_SIGNING_KEYS": f"{GOOD_TOKEN_KEY},short"}, ["JWT_SIGNING_KEYS", "32"]),
        ({**GOOD_SECRETS, "JWT_SIGNING_KEYS": GOOD_KEY}, ["JWT_SIGNING_KEYS", "key of their own"]),
        ({**GOOD_SECRETS, "ADMIN_ALLOWED_NETWORKS": "10.0.0.0/8,here"}, ["ADMIN_ALLOWED_NETWORKS", "here"]),
        ({**GOOD_SECRETS, "API_LIMIT_PERSON": "0"}, ["API_LIMIT_PERSON"]),
    ],
)
def test_wrong_settings_stop_the_start_and_are_all_named(tmp_path, variables, named):
    done = start(tmp_path, **variables)
    assert done.returncode != 0
    assert all(name in done.stderr for name in named), done.stderr


def test_a_deployment_has_nothing_to_be_warned_of(tmp_path):
    done = start(
        tmp_path, "--deploy", "--fail-level=WARNING",
        **GOOD_SECRETS, ALLOWED_HOSTS="portal.example.org", TRUSTED_PROXY_COUNT="1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("demo", "hosts", "warned"),
    [
        (True, ["localhost", "127.0.0.1", "[::1]"], False),
        (True, ["localhost", "portal.example.org"], True),
        (True, ["*"], True),
        (False, ["portal.example.org"], False),
    ],
)
def test_demo_mode_under_a_public_name_is_warned_of(settings, demo, hosts, warned):
    settings.DEMO_MODE, settings.ALLOWED_HOSTS = demo, hosts
    assert bool(demo_mode_is_not_for_the_world()) == warned


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"TRAVEL_PROVIDER": "osrm"}, ["OSRM_URL_CAR"]),
        ({"TRAVEL_PROVIDER": "teleport"}, ["TRAVEL_PROVIDER", "great-circle"]),
        ({"TRAVEL_PROVIDER": "osrm", "OSRM_URL_CAR": "localhost:5000"}, ["OSRM_URL_CAR", "address"]),
        ({"TRAVEL_PROVIDER": "ordnance-survey"}, ["OS_API_URL", "OS_API_KEY"]),
        ({"TRAVEL_PROVIDER": "valhalla", "OSRM_URL_FOOT": "x"}, ["VALHALLA_URL", "OSRM_URL_FOOT"]),
    ],
)
def test_a_road_network_needs_its_address(tmp_path, variables, named):
    done = start(tmp_path, **GOOD_SECRETS, **variables)
    assert done.returncode != 0
    assert all(name in done.stderr for name in named), done.stderr


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("", False),
        ("http://127.0.0.1:5000", False),
        ("http://10.0.0.7:5000", False),
        ("http://osrm:5000", False),
        ("https://routes.example.org", False),
        ("http://routes.example.org", True),
        ("http://8.8.8.8", True),
    ],
)
def test_places_in_clear_over_a_public_network_are_warned_of(settings, address, warned):
    settings.VALHALLA_URL = address
    assert bool(places_do_not_travel_in_clear()) == warned


def test_a_provider_of_identity_is_whole_or_not_there(tmp_path):
    wrong = {
        "GOOGLE_CLIENT_ID": "a-client",
        "GOOGLE_ISSUER": "http://accounts.google.com",
        "GOOGLE_HOSTS": "https://oauth2.googleapis.com/",
        "CIS2_CLIENT_ID": "a-client",
        "CIS2_ASSURANCE": "1",
        "CIS2_IDENTITY_ASSURANCE": "4",
    }
    done = start(tmp_path, SECRET_KEY=GOOD_KEY, **wrong)
    assert done.returncode != 0
    missing = {"GOOGLE_CLIENT_SECRET", "CIS2_CLIENT_SECRET", "CIS2_ISSUER"}
    assert all(name in done.stderr for name in (set(wrong) | missing) - {"GOOGLE_CLIENT_ID", "CIS2_CLIENT_ID"})


def test_a_secret_may_come_from_a_file_and_forms_lead_to_configured_providers_alone(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("of a provider that is not Google\n")
    variables = {
        "DEMO_MODE": "true",
        "CIS2_CLIENT_ID": "a-client",
        "CIS2_CLIENT_SECRET_FILE": str(secret),
        "CIS2_ISSUER": "https://am.example.nhs.uk:443/openam/oauth2",
        "CIS2_HOSTS": "",
    }
    nothing = tmp_path / "nothing.env"
    nothing.touch()
    question = "from healthequiroute import settings as s; print(s.CIS2_CLIENT_SECRET, s.CONTENT_SECURITY_POLICY)"
    environment = {"PATH": os.environ["PATH"], "HER_ENV_FILE": str(nothing), **variables}
    done = subprocess.run([sys.executable, "-c", question], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "of a provider" in done.stdout
    assert "'form-action': [\"'self'\", 'https://am.example.nhs.uk:443']" in done.stdout
