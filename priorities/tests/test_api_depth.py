"""/api/v1/priorities/: explanations of any run, minutes of an organisation's own, runs and what moved between them."""

from uuid import uuid4

import pytest

from accounts.audit import SystemActor
from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from lsoa.models import Patch
from priorities import services
from priorities.models import ScoreRun, VisitMinutesOverride
from priorities.tests.factories import DEPRIVED, QUIET, WORST, make_areas, make_dataset, make_figures, publish, spread

SYSTEM = SystemActor("test:priorities")
URL = "/api/v1/priorities/"
RUNS = f"{URL}runs/"
PROBLEM = "application/problem+json"
pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def areas():
    """The first area turned from quiet to worst between two runs."""
    made = make_areas(QUIET, DEPRIVED, WORST, *spread())
    publish()
    services.score_areas(by=SYSTEM)
    make_figures({made[0]: WORST}, make_dataset(release="2026"))
    services.score_areas(by=SYSTEM)
    return made


@pytest.fixture
def runs(areas):
    return list(ScoreRun.objects.order_by("finished_at"))


def explain(client, area, **question):
    return client.get(f"{URL}{area.code}/explain/", question)


def test_every_figure_of_an_explanation_leads_to_its_dataset(api_client_as, client_as, areas):
    factors = explain(api_client_as("viewer"), areas[0]).json()["factors"]
    assert len(factors) == 12
    viewer = client_as("viewer")
    for factor in factors:
        assert factor["links"]["dataset"] == f"/data/datasets/{factor['dataset']}/"
        assert factor["average_text"] and factor["place"] or factor["unit"] == "decile"
    for address in factors[0]["links"].values():
        assert viewer.get(address).status_code == 200


def test_an_explanation_says_what_changed_since_before(api_client_as, areas):
    client = api_client_as("viewer")
    change = explain(client, areas[0]).json()["change"]
    assert (change["because"], change["from"]["priority"], change["to"]["priority"]) == ("data", 0, 3)
    text = explain(client, areas[0], **{"as": "text"}).content.decode()
    assert all(sentence in text for sentence in change["sentences"])


def test_a_score_of_an_earlier_run_is_explained(api_client_as, areas, runs):
    client = api_client_as("viewer")
    earlier = explain(client, areas[0], run=runs[0].pk).json()
    assert earlier["class_name"] == "routine" and not earlier["in_force"] and earlier["change"] is None
    assert explain(client, areas[0]).json()["in_force"]


def test_a_run_that_is_none_and_a_form_that_is_unknown_are_refused(api_client_as, areas):
    client = api_client_as("viewer")
    for question in ({"run": "yesterday"}, {"as": "pdf"}):
        answer = explain(client, areas[0], **question)
        assert answer.status_code == 400 and answer["Content-Type"] == PROBLEM
        assert list(question.values())[0] in answer.json()["errors"][0]["detail"]
    assert explain(client, areas[0], run=uuid4()).status_code == 404


class TestMinutes:
    def address(self, area):
        return f"{URL}{area.code}/minutes/"

    def test_a_planner_sets_and_ends_them(self, api_client_as, areas, organisation):
        planner = api_client_as("planner")
        wanted = {"minutes": 75, "reason": "Two nurses are needed"}
        answer = planner.post(self.address(areas[0]), wanted, format="json")
        assert answer.status_code == 201 and answer.json()["minutes"] == 75
        shown = explain(api_client_as("viewer"), areas[0]).json()["visit_minutes"]
        assert shown["override"]["reason"] == "Two nurses are needed"
        text = explain(planner, areas[0], **{"as": "text"}).content.decode()
        assert shown["override"]["text"] in text
        assert planner.get(f"{URL}{areas[0].code}/").json()["override"]["minutes"] == 75
        ended = planner.delete(self.address(areas[0]), {"reason": "One will do"}, format="json").json()
        assert ended["ended_because"] == "One will do"
        both = planner.get(self.address(areas[0])).json()
        assert both["in_force"] is None and [each["minutes"] for each in both["ended"]] == [75]
        actions = AuditEvent.objects.for_organisation(organisation).filter(action__startswith="minutes.")
        assert set(actions.values_list("action", flat=True)) == {"minutes.set", "minutes.ended"}

    def test_others_read_only(self, api_client_as, areas):
        for role in ("viewer", "analyst", "approver", "field_worker", "auditor", "administrator"):
            client = api_client_as(role)
            assert client.get(self.address(areas[0])).status_code == 200
            assert client.post(self.address(areas[0]), {"minutes": 30, "reason": "x"}).status_code == 403
            assert client.delete(self.address(areas[0])).status_code == 403
        assert not VisitMinutesOverride.objects.for_organisation(None).exists()

    @pytest.mark.parametrize(
        ("wanted", "pointer"),
        [
            ({"minutes": 4, "reason": "short"}, "/minutes"),
            ({"minutes": 241, "reason": "long"}, "/minutes"),
            ({"minutes": "half an hour", "reason": "words"}, "/minutes"),
            ({"minutes": 30}, "/reason"),
            ({"minutes": 30, "reason": "   "}, "/reason"),
            ({"minutes": 30, "reason": "x" * 501}, "/reason"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(self, api_client_as, areas, wanted, pointer):
        answer = api_client_as("planner").post(self.address(areas[0]), wanted, format="json")
        assert answer.status_code == 400 and answer["Content-Type"] == PROBLEM
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]

    def test_nobody_sees_those_of_another_organisation(self, api_client_as, areas, other_organisation):
        theirs = api_client_as("planner", organisation=other_organisation)
        theirs.post(self.address(areas[0]), {"minutes": 90, "reason": "Theirs"}, format="json")
        ours = api_client_as("planner")
        assert ours.get(self.address(areas[0])).json() == {"in_force": None, "ended": []}
        assert explain(ours, areas[0]).json()["visit_minutes"]["override"] is None
        assert ours.delete(self.address(areas[0])).status_code == 404
        assert theirs.get(self.address(areas[0])).json()["in_force"]["minutes"] == 90


class TestRuns:
    def test_they_are_listed_newest_first(self, api_client_as, runs):
        rows = api_client_as("viewer").get(RUNS).json()["results"]
        assert [row["id"] for row in rows] == [str(run.pk) for run in runs[::-1]]
        assert rows[0]["changed_count"] == 1 and rows[0]["changes"]["rose"] == 1
        one = api_client_as("viewer").get(f"{RUNS}{runs[0].pk}/").json()
        assert one["model_number"] == 1 and not one["is_of_a_patch"]

    def test_a_patch_is_named_to_its_own_organisation_only(
        self, api_client_as, areas, organisation, other_organisation
    ):
        patch = Patch.objects.create(organisation=organisation, name="North", slug="north")
        patch.areas.add(areas[0])
        services.score_areas(by=SYSTEM, patch=patch)
        ours = api_client_as("viewer").get(RUNS).json()["results"][0]
        theirs = api_client_as("viewer", organisation=other_organisation).get(RUNS).json()["results"][0]
        assert (ours["patch"], theirs["patch"]) == ("north", None)
        assert ours["is_of_a_patch"] and theirs["is_of_a_patch"]

    def compare(self, client, runs, **more):
        return client.get(f"{RUNS}compare/", {"before": runs[0].pk, "after": runs[1].pk, **more})

    def test_two_of_them_are_compared(self, api_client_as, areas, runs):
        answer = self.compare(api_client_as("viewer"), runs).json()
        assert (answer["areas"], answer["rose"], answer["fell"]) == (23, 1, 0)
        assert answer["causes"] == {"model": 0, "data": 1, "both": 0}
        (moved,) = answer["areas_moved"]
        assert (moved["code"], moved["before_label"], moved["after_label"]) == (areas[0].code, "Routine", "Urgent")
        assert answer["count"] == 1 and "1 area of 23 changed class" in answer["text"]
        assert self.compare(api_client_as("viewer"), runs, direction="fell").json()["areas_moved"] == []

    def test_a_patch_narrows_it_and_that_of_others_is_not_there(
        self, api_client_as, areas, runs, organisation, other_organisation
    ):
        ours = Patch.objects.create(organisation=organisation, name="North", slug="north")
        ours.areas.add(areas[1])
        Patch.objects.create(organisation=other_organisation, name="South", slug="south")
        assert self.compare(api_client_as("viewer"), runs, patch="north").json()["areas"] == 1
        assert self.compare(api_client_as("viewer"), runs, patch="south").status_code == 404

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [({"before": "first"}, "/before"), ({"after": uuid4()}, "/after"), ({"direction": "sideways"}, "/direction")],
    )
    def test_what_is_no_run_is_refused_by_name(self, api_client_as, runs, more, pointer):
        answer = self.compare(api_client_as("viewer"), runs, **more)
        assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == pointer

    def test_strangers_get_nothing(self, client, api_client_as, runs):
        assert client.get(RUNS).status_code in (401, 403)
        assert self.compare(api_client_as(), runs).status_code == 403
