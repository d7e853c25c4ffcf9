"""A town of scored areas in two authorities with its gazetteer, and plans of two organisations."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from accounts.audit import SystemActor
from healthequiroute.testing.shared import shared
from insights.assistant import ask
from lsoa.services import rebuild_places
from lsoa.tests.factories import PatchFactory
from priorities import services
from priorities.tests.factories import DEPRIVED, GAP, QUIET, WORST, make_areas, publish, spread
from routing.civil_time import today
from routing.models import PlanState
from routing.tests.outputs_world import eventful_plan

TOWN = {"local_authority_code": "E08000025", "local_authority_name": "Testham"}
OTHER = {"local_authority_code": "E08000026", "local_authority_name": "Otherham"}
TOMORROW = today() + timedelta(days=1)


@pytest.fixture
@shared
def town(db):
    """Areas by kind: quiet routine, deprived standard, worst and gap urgent; `far` is in the other authority."""
    make_areas(*spread())
    areas = make_areas(QUIET, DEPRIVED, WORST, GAP, **TOWN)
    far = make_areas(QUIET, **OTHER)
    publish()
    services.score_areas(by=SystemActor("tests"))
    rebuild_places()
    return dict(zip(("quiet", "deprived", "worst", "gap", "far"), [*areas, *far], strict=True))


@pytest.fixture
@shared
def patch(organisation, town):
    own = [town[kind] for kind in ("quiet", "deprived", "worst", "gap")]
    return PatchFactory(organisation=organisation, name="Testham patch", slug="testham", areas=own)


@pytest.fixture
@shared
def plan(organisation):
    return eventful_plan(organisation, day=TOMORROW, state=PlanState.PROPOSED)


@dataclass
class Asking:
    """Somebody who asks question after question; slots go along."""

    person: object
    organisation: object
    slots: dict | None = None
    earlier: tuple[str, ...] = ()

    def __call__(self, question: str):
        answer = ask(
            question,
            person=self.person,
            organisation=self.organisation,
            slots=self.slots,
            earlier=self.earlier,
            today=today(),
        )
        self.slots, self.earlier = answer.slots, (*self.earlier, answer.question)
        return answer


@pytest.fixture
def asking(make_user, organisation):
    """Makes somebody with these roles who asks."""
    return lambda *roles: Asking(make_user(list(roles)), organisation)


@pytest.fixture
def viewer(asking):
    return asking("viewer")


@pytest.fixture
def planner(asking):
    return asking("planner")
