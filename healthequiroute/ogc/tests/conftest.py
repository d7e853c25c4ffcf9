"""A city of four scored areas, its patch and a base; a client that asks the layers."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point

from healthequiroute.portal.tests.conftest import city, patch  # noqa: F401 - fixtures
from routing.models import Depot

COLLECTED: dict[str, list[str]] = {}
REQUIREMENTS = [
    line
    for line in Path(__file__).with_name("requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def requirement(*names):
    """Marks a test as the one that holds these requirements of the standard."""

    def mark(test):
        for name in names:
            assert name in REQUIREMENTS, name
            COLLECTED.setdefault(name, []).append(test.__name__)
        return test

    return mark


class Layers:
    """Asks below /ogc/ and reads what comes."""

    def __init__(self, client):
        self.client = client

    def response(self, path, accept="", method="get", **asked):
        headers = {"HTTP_ACCEPT": accept} if accept else {}
        asked = {name.replace("_", "-"): value for name, value in asked.items()}
        return getattr(self.client, method)(f"/ogc{path}", asked, **headers)

    def get(self, path, **asked):
        response = self.response(path, **asked)
        assert response.status_code == 200, response.getvalue()
        return json.loads(response.getvalue())

    def ids(self, collection="areas", _asked=None, **asked):
        response = self.client.get(f"/ogc/collections/{collection}/items", (_asked or {}) | asked)
        assert response.status_code == 200, response.getvalue()
        return [feature["id"] for feature in json.loads(response.getvalue())["features"]]

    def link(self, told, rel, kind="") -> str:
        """The address of the one link of this kind."""
        return next(each["href"] for each in told["links"] if each["rel"] == rel and each["type"].startswith(kind))

    def follow(self, address):
        return json.loads(self.client.get(re.sub("^http://testserver", "", address)).getvalue())


@pytest.fixture
def base(organisation):
    return Depot.objects.create(organisation=organisation, name="Clinic", point=Point(-1.9, 52.48))


@pytest.fixture
def layers(api_client_as, patch, base):  # noqa: F811 - a fixture
    return Layers(api_client_as("planner"))
