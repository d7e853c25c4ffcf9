"""Two people at one plan: who acts on what they see is told when somebody else has changed it meanwhile, and nothing
is lost silently.
"""

import html
import re

import pytest

from healthequiroute.testing.shared import shared
from routing import services
from routing.models import PlanState, RoutePlan
from routing.plan_editing import OpenPlan

from . import factories as make

pytestmark = pytest.mark.django_db
MEANWHILE = "Somebody else changed the plan in the meantime. This is the plan now: check it again."


@pytest.fixture
@shared
def plan(organisation):
    return make.proposed_plan(make.team(organisation), count=6)


def now(plan):
    return RoutePlan.objects.get(pk=plan.pk)


def take_out(plan, place=0):
    """As another planner does; returns the visit."""
    plan = now(plan)
    opened = OpenPlan(plan)
    visit = sorted(opened.draft.served_by)[place]
    edit = opened.edit_from({"kind": "take_out", "visit": visit})
    services.apply_edit(plan=plan, edit=edit, version=plan.version, by=make.SETUP)
    return visit


def fields_of(page, action):
    """Hidden fields of the form that is sent to an address that ends so, on a page that somebody has open."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}".*?</form>', page, re.S).group(0)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form))


def text(answer):
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("page, action", [("edit/", "edit/undo/"), ("", "undo/"), ("versions/", "undo/")])
def test_undo_takes_back_what_the_planner_saw_and_no_other_change(plan, client_as, page, action):
    """The second click of a double click, too, finds another version than it was meant for."""
    take_out(plan)
    client, address = client_as("planner"), f"/plans/{plan.pk}/"
    asked = fields_of(text(client.get(address + page)), f"/{action}")
    left_out = take_out(plan)
    answer = client.post(address + action, asked, follow=True)
    assert MEANWHILE in text(answer)
    assert (now(plan).version, now(plan).unserved.filter(visit__reference=left_out).count()) == (3, 1)
    asked = fields_of(text(client.get(address + page)), f"/{action}")
    client.post(address + action, asked)
    assert (now(plan).version, now(plan).unserved.filter(visit__reference=left_out).count()) == (4, 0)
    assert MEANWHILE in text(client.post(address + action, asked, follow=True))
    assert now(plan).version == 4


def test_no_search_takes_the_place_of_a_change_that_nobody_looked_at(plan, client_as):
    client, address = client_as("planner"), f"/plans/{plan.pk}/"
    asked = fields_of(text(client.get(address)), "/optimise/")
    take_out(plan)
    assert MEANWHILE in text(client.post(f"{address}optimise/", asked, follow=True))
    assert (now(plan).state, now(plan).version) == (PlanState.PROPOSED, 2)


@pytest.mark.parametrize("page, action", [("versions/", "versions/1/restore/"), ("versions/1/", "versions/1/restore/")])
def test_a_version_does_not_come_back_over_a_change_that_nobody_looked_at(plan, client_as, page, action):
    take_out(plan)
    client, address = client_as("planner"), f"/plans/{plan.pk}/"
    asked = fields_of(text(client.get(address + page)), action)
    take_out(plan)
    assert MEANWHILE in text(client.post(address + action, asked, follow=True))
    assert now(plan).version == 3
    client.post(address + action, fields_of(text(client.get(address + page)), action))
    assert now(plan).version == 4


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_an_approver_decides_on_the_plan_that_was_read(plan, client_as, decision):
    approver, address = client_as("approver"), f"/plans/{plan.pk}/"
    asked = fields_of(text(approver.get(address)), "/decision/")
    left_out = take_out(plan)
    said = {"decision": decision, "kind": "other", "reason": "Seen by the GP this morning"}
    answer = approver.post(f"{address}decision/", asked | said)
    page = text(answer)
    assert answer.status_code == 409 and MEANWHILE in page
    assert "Seen by the GP this morning" in page, "what was typed stays"
    assert left_out in page
    assert now(plan).state == PlanState.PROPOSED
    answer = approver.post(f"{address}decision/", fields_of(page, "/decision/") | said, follow=True)
    assert now(plan).state == {"approve": PlanState.APPROVED, "reject": PlanState.REJECTED}[decision]
