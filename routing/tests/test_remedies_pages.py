"""What would help, as people read it on the page of a plan: names for references, times of day, without JavaScript."""

from datetime import time, timedelta

import pytest

from routing import services
from routing.civil_time import today
from routing.models import Skill, UnservedVisit, Visit
from routing.optimisation import search
from routing.planning.remedies import KINDS
from routing.problem_building import build_problem

from . import factories as make

pytestmark = pytest.mark.django_db

TOMORROW = today() + timedelta(days=1)


@pytest.fixture
def short_day(organisation):
    """Two nurses for two hours and more visits than fit."""
    town = make.town((3,) * 12, (1,) * 12)
    return make.team(organisation, town, day=TOMORROW, starts=time(8, 0), ends=time(10, 0))


def optimised(plan):
    built = build_problem(plan)
    solution = search(built, seconds=5, seed=1, iterations=50)
    return services.store_solution(plan=plan, built=built, solution=solution, by=make.SETUP)


def text(answer):
    return " ".join(answer.content.decode().split())


def test_each_visit_left_out_says_what_would_let_it_in(short_day, client_as):
    plan = optimised(make.draft_plan(short_day, day=TOMORROW, count=12))
    left = list(plan.unserved.all())
    assert left
    assert all(each.remedies for each in left)
    assert {remedy["kind"] for each in left for remedy in each.remedies} <= set(KINDS)
    page = text(client_as("analyst").get(f"/plans/{plan.pk}/"))
    assert "What would help" in page
    assert "on Nurse 0" in page
    listed = " ".join(page.split('<ul class="her-remedies">')[1:])
    assert "shift" in listed.split("</ul>")[0] or "starts" in listed.split("</ul>")[0]
    assert "nurse-0" not in "".join(part.split("</ul>")[0] for part in page.split('<ul class="her-remedies">')[1:])
    assert "more driving" in page
    assert "other way" in page


def test_times_of_day_are_those_on_the_clock(short_day, client_as):
    plan = optimised(make.draft_plan(short_day, day=TOMORROW, count=12))
    left = plan.unserved.first()
    left.remedies = [
        {"change": "", "kind": "shift_end", "staff": "nurse-01", "amount": 1500, "bound": 37_500, "travel_change": 720},
        {"change": "", "kind": "move", "moved": ["A-7"], "visit": "A-8", "travel_change": -600},
        {"change": "", "kind": "skill", "staff": "nurse-02", "skills": ["wound-care"], "travel_change": 0},
    ]
    left.save()
    page = text(client_as("analyst").get(f"/plans/{plan.pk}/"))
    assert '+25 min on Nurse 01&#x27;s shift (to 10:25) <span class="her-small">12 min more driving' in page
    assert 'Move A-7 to another day <span class="her-small">10 min less driving' in page
    assert 'Nurse 02 needs wound care <span class="her-small">no more driving' in page
    assert "<summary>2 other ways</summary>" in page


def test_remedies_of_other_times_are_shown_as_they_were_worded(short_day, client_as):
    plan = optimised(make.draft_plan(short_day, day=TOMORROW, count=12))
    UnservedVisit.objects.filter(plan=plan).update(remedies=[{"change": "Ask the bank", "cost_change": 0}])
    page = text(client_as("analyst").get(f"/plans/{plan.pk}/"))
    assert "<li>Ask the bank</li>" in page
    UnservedVisit.objects.filter(plan=plan).update(remedies=[])
    assert "No single change" in text(client_as("analyst").get(f"/plans/{plan.pk}/"))


def test_a_draft_says_what_no_plan_can_do(short_day, client_as):
    plan = make.draft_plan(short_day, day=TOMORROW, count=12)
    visit = plan.visits.first()
    visit.skills.add(Skill.objects.create(organisation=plan.organisation, code="dialysis", name="Dialysis"))
    page = text(client_as("planner").get(f"/plans/{plan.pk}/"))
    assert "Before you optimise" in page
    assert "Nobody on shift has dialysis" in page
    assert f"Concerns {visit.reference}." in page
    assert "<li>Nurse 01 needs dialysis</li>" in page
    assert "More demand than capacity" in page
    assert "at least" in page.split("More demand than capacity")[1]
    assert "Optimise plan" in page


def test_reasons_name_skills_and_people_as_the_rest_of_the_page_does(short_day, client_as):
    plan = optimised(make.draft_plan(short_day, day=TOMORROW, count=12))
    organisation = plan.organisation
    for code, name in (("wound-care", "Wound dressing"), ("full", "Full assessment")):
        Skill.objects.update_or_create(organisation=organisation, code=code, defaults={"name": name})
    left = plan.unserved.first()
    left.detail = "Needs wound-care and full: nobody is free 08:00 to 10:00. No room in the days of all 2 people; full."
    left.save()
    page = text(client_as("analyst").get(f"/plans/{plan.pk}/"))
    assert "Needs wound dressing and full assessment: nobody is free 08:00 to 10:00." in page
    assert "people; full." in page
    left.detail = "It would fit into the day of nurse-01; search longer or add it by hand."
    left.save()
    assert "fit into the day of Nurse 01;" in text(client_as("analyst").get(f"/plans/{plan.pk}/"))


def test_a_draft_that_can_be_done_has_no_warning(organisation, client_as):
    plan = make.draft_plan(make.team(organisation, day=TOMORROW), day=TOMORROW, count=6)
    assert "Before you optimise" not in text(client_as("planner").get(f"/plans/{plan.pk}/"))
    Visit.objects.update(state=Visit.State.PLANNED)
    assert client_as("planner").get(f"/plans/{plan.pk}/").status_code == 200
