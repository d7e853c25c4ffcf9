"""What several tests of priorities begin with."""

import pytest

from accounts.audit import SystemActor
from healthequiroute.testing.shared import shared
from priorities import services
from priorities.tests.factories import DEPRIVED, QUIET, WORST, make_areas, publish, spread


@pytest.fixture
@shared
def areas(db):
    """Scored areas: quiet, deprived, everything at its worst, without figures, and a spread."""
    made = make_areas(QUIET, DEPRIVED, WORST, {}, *spread())
    publish()
    services.score_areas(by=SystemActor("test:priorities"))
    return made
