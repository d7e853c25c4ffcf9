"""If-Match: what somebody else changed since is not undone, and not approved unseen."""

from datetime import timedelta

import pytest

from accounts import preconditions
from healthequiroute.testing.shared import shared
from routing import services
from routing.civil_time import today
from routing.models import PlanState, RoutePlan, Visit, VisitLink

from . import factories as make

pytestmark = pytest.mark.django_db
DAY = today() + timedelta(days=1)
ANOTHER = 'W/"0123456789abcdef0123456789abcdef"'


@pytest.fixture
@shared
def plan(organisation):
    return make.proposed_plan(make.team(organisation, day=DAY), day=DAY)


@pytest.fixture
def address(plan):
    return f"/api/v1/route-plans/{plan.pk}/"


def test_a_plan_has_an_etag_that_holds_until_it_changes(plan, address, api_client_as):
    planner = api_client_as("planner")
    first = planner.get(address)
    assert first["ETag"] == planner.get(address)["ETag"]
    assert planner.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    RoutePlan.objects.filter(pk=plan.pk).update(version=plan.version + 1)
    changed = planner.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


def test_a_plan_that_was_changed_meanwhile_is_not_approved(plan, address, api_client_as):
    approver = api_client_as("approver")
    seen = approver.get(address)["ETag"]
    RoutePlan.objects.filter(pk=plan.pk).update(version=plan.version + 1)
    body = {"reason": "Seen", "for_all": {"decision": "other", "reason": "Looked at"}}
    refused = approver.post(f"{address}approve/", body, format="json", HTTP_IF_MATCH=seen)
    assert (refused.status_code, refused["Content-Type"]) == (412, "application/problem+json")
    assert refused.json()["detail"] == "It was changed meanwhile: ask for it again."
    assert RoutePlan.objects.get(pk=plan.pk).state == PlanState.PROPOSED
    again = approver.get(address)["ETag"]
    approved = approver.post(f"{address}approve/", body, format="json", HTTP_IF_MATCH=again)
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    # The answer has the ETag that the next step needs.
    assert approved["ETag"] == approver.get(address)["ETag"]
    publisher = api_client_as("planner")
    assert publisher.post(f"{address}publish/", HTTP_IF_MATCH=again).status_code == 412
    assert publisher.post(f"{address}publish/", HTTP_IF_MATCH=approved["ETag"]).status_code == 200


@pytest.mark.parametrize("step", ["optimize", "approve", "reject", "publish", "withdraw", "reopen", "close"])
def test_every_step_of_a_plan_looks_at_if_match(plan, address, api_client_as, step):
    person = api_client_as("planner", "approver")
    before = RoutePlan.objects.filter(pk=plan.pk).values().get()
    answer = person.post(f"{address}{step}/", {"reason": "Why"}, format="json", HTTP_IF_MATCH=ANOTHER)
    assert answer.status_code == 412
    assert RoutePlan.objects.filter(pk=plan.pk).values().get() == before


@pytest.mark.parametrize("written", ["*", "{}", f"{ANOTHER}, {{}}", "{strong}"])
def test_how_if_match_may_be_written(plan, address, api_client_as, written):
    approver = api_client_as("approver")
    etag = approver.get(address)["ETag"]
    text = written.format(etag, strong=etag.removeprefix("W/"))
    assert approver.post(f"{address}reject/", {"reason": "No"}, format="json", HTTP_IF_MATCH=text).status_code == 200


def test_the_job_of_a_finished_search_makes_no_other_plan(address, plan, api_client_as):
    told = api_client_as("planner").get(address).json()
    done, underway = told | {"job": {"progress": 100}}, told | {"job": {"progress": 99}}
    from routing.api import _what_counts

    assert preconditions.etag_of(_what_counts(done)) == preconditions.etag_of(_what_counts(underway))
    searching = [each | {"state": PlanState.OPTIMISING} for each in (done, underway)]
    assert len({preconditions.etag_of(_what_counts(each)) for each in searching}) == 2


class TestLinks:
    """Replaced as a whole: whoever does it has to say what they looked at."""

    @pytest.fixture
    def link(self, organisation):
        team = make.team(organisation, day=DAY)
        make.draft_plan(team, day=DAY)
        first, second = Visit.objects.filter(team=team).order_by("reference")[:2]
        return services.link_visits(first=first, second=second, values={"together": True}, by=make.SETUP)

    @pytest.fixture
    def place(self, link):
        return f"/api/v1/visit-links/{link.pk}/"

    def test_are_not_replaced_by_whoever_looked_at_nothing(self, link, place, api_client_as):
        answer = api_client_as("planner").put(place, {"same_staff": True}, format="json")
        assert (answer.status_code, answer.json()["title"]) == (428, "Precondition required")
        assert VisitLink.objects.get().together is True

    def test_are_not_replaced_by_whoever_looked_before_another(self, link, place, api_client_as):
        one, other = api_client_as("planner"), api_client_as("planner")
        seen = one.get(place)["ETag"]
        assert other.get(place)["ETag"] == seen
        done = one.put(place, {"min_gap_minutes": 60}, format="json", HTTP_IF_MATCH=seen)
        assert done.status_code == 200
        assert done["ETag"] == one.get(place)["ETag"] != seen
        late = other.put(place, {"same_staff": True}, format="json", HTTP_IF_MATCH=seen)
        assert late.status_code == other.delete(place, HTTP_IF_MATCH=seen).status_code == 412
        assert VisitLink.objects.get().min_gap_minutes == 60
        assert other.delete(place, HTTP_IF_MATCH=done["ETag"]).status_code == 204

    def test_may_be_removed_without_looking(self, link, place, api_client_as):
        assert api_client_as("planner").delete(place).status_code == 204
