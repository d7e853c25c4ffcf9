"""A patch of four areas with priorities of every kind, and one area outside it."""

import pytest

from accounts.audit import SystemActor
from healthequiroute.testing.shared import shared
from lsoa.tests.factories import PatchFactory
from priorities import services
from priorities.tests.factories import DEPRIVED, GAP, QUIET, WORST, make_areas, publish, spread

CITY = {"local_authority_code": "E08000025", "local_authority_name": "Testham"}


@pytest.fixture
@shared
def city(db):
    """Scored areas by kind: quiet routine, deprived standard and Core20, worst and gap urgent, gap with an unknown."""
    make_areas(*spread())
    areas = make_areas(QUIET, DEPRIVED, WORST, GAP, **CITY)
    publish()
    services.score_areas(by=SystemActor("tests"))
    return dict(zip(("quiet", "deprived", "worst", "gap"), areas, strict=True))


@pytest.fixture
@shared
def patch(organisation, city):
    return PatchFactory(organisation=organisation, name="Testham", slug="testham", areas=list(city.values()))


@pytest.fixture
def analyst(client_as):
    return client_as("analyst")
