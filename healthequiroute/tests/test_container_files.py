"""compose.yaml starts every part, from variables that .env.example documents, and no part runs without a probe."""

import re
from pathlib import Path

import pytest
import yaml

BASE_DIR = Path(__file__).resolve().parent.parent.parent
COMPOSE = (BASE_DIR / "compose.yaml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
OWNER_ONLY = {"DATABASE_OWNER_USER", "DATABASE_OWNER_PASSWORD"}


def test_every_part_is_started():
    assert set(SERVICES) == {"database", "redis", "osrm", "migrate", "web", "worker"}


def test_every_variable_is_documented():
    used = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE))
    documented = set(re.findall(r"^([A-Z0-9_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))
    assert used <= documented


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_faces_people_never_holds_the_owners_password(name):
    assert not OWNER_ONLY & set(SERVICES[name]["environment"])


@pytest.mark.parametrize("name", ["database", "redis", "osrm", "worker"])
def test_parts_are_probed(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_only_the_web_port_is_published_and_to_this_machine_only():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_the_scripts_that_the_database_runs_at_its_first_start_exist():
    mounted = [volume.split(":")[0] for volume in SERVICES["database"]["volumes"] if volume.startswith("./")]
    assert mounted
    assert all((BASE_DIR / path).is_file() for path in mounted)
