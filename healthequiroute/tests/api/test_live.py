"""What the document promises, kept by a portal that runs: every example, the client, and map programs."""

import json
import os

import pytest
import requests

from accounts.demo import PASSWORD
from healthequiroute.api_document import running
from healthequiroute.api_document.calls import CALLS
from healthequiroute.testing.portal import Portal

pytestmark = pytest.mark.browser
PEOPLE = {call.as_ for call in CALLS if call.as_}


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """One of its own: the examples make plans, which other journeys must not find."""
    with Portal(database=f"test_her_api_{os.getpid()}", logs=tmp_path_factory.mktemp("portal")) as running_portal:
        yield running_portal


@pytest.fixture(scope="module")
def tokens(portal) -> dict[str, str]:
    return {name: token(portal, f"{name}@aldermoor.example") for name in PEOPLE}


def token(portal, email) -> str:
    answer = requests.post(f"{portal.url}/api/v1/token/", data={"email": email, "password": PASSWORD}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["access"]


@pytest.fixture(scope="module")
def document(portal, tokens):
    headers = {"Authorization": f"Bearer {tokens['planner']}", "Accept": "application/json"}
    return requests.get(f"{portal.url}/api/v1/schema/", headers=headers, timeout=60).json()


PERSON = "SELECT id FROM routing_staffmember WHERE reference = '{person}'"
# The last day for which the team has a rota: no plan of the demo is of it.
DAY = "SELECT max(day) FROM routing_shift JOIN routing_staffmember m ON m.id = staff_id WHERE m.team_id = '{team}'"


class Known(dict):
    """What braces mean. The ids of people, whom run sheets are asked for by, and days with a rota are in no list."""

    def __init__(self, portal):
        super().__init__(password=PASSWORD)
        self.portal = portal

    def __missing__(self, name):
        statement = {"person_id": PERSON, "day": DAY}[name].format(**self)
        return str(self.portal.row(statement)[0])


def test_every_example_runs(portal, tokens, document):
    known = Known(portal)
    expected, examples, wrong = running.recorded(), {}, []
    for answered in running.run(portal.url, document, tokens, known, lambda: portal._wait(0.2)):
        name = answered.call.operation
        if answered.status != answered.call.status:
            wrong.append(f"{name}: {answered.status} {str(answered.body)[:300]}")
            continue
        examples.setdefault(name, running.as_example(answered))
        if name in expected:
            wrong += [f"{name}{line}" for line in running.differences(expected[name]["answer"], answered.body)]
    if os.environ.get("RECORD_EXAMPLES"):
        running.ANSWERS.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n")
        expected = examples
    assert wrong == []
    assert set(examples) == set(expected) == {call.operation for call in CALLS}
