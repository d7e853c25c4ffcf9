"""One more person for a visit left out: what is taken for granted is said, and can be changed before the search."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError

from routing import services
from routing.civil_time import clock
from routing.models import RoutePlan, UnservedVisit, Visit
from routing.models.people import DayEnd, TravelProfile
from routing.optimisation import search
from routing.presenters.remedies import Wording
from routing.problem_building import build_problem, remedy_of

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(organisation):
    """One nurse for an hour."""
    return make.team(organisation, people=1, starts=time(9), ends=time(10))


def searched(plan, iterations=40):
    built = build_problem(plan)
    solution = search(built, seconds=60, seed=1, iterations=iterations)
    return services.store_solution(plan=plan, built=built, solution=solution, by=make.SETUP)


@pytest.fixture
def plan(team):
    """Visits of which the nurse has time for one."""
    plan = make.draft_plan(team, count=3)
    Visit.objects.update(minutes=20, window_start=None, window_end=None)
    for visit in Visit.objects.all():
        visit.skills.clear()
    Visit.objects.filter(pk__in=list(Visit.objects.values_list("pk", flat=True)[1:])).update(minutes=45)
    return searched(plan)


def left_with(plan, kind) -> tuple[UnservedVisit, int]:
    for left in plan.unserved.all():
        for number, remedy in enumerate(left.remedies):
            if remedy["kind"] == kind:
                return left, number
    raise AssertionError(f"no remedy of the kind {kind}")


def test_it_says_from_where_how_and_when(plan, team, client_as):
    left, number = left_with(plan, "extra")
    base = team.staff.get().base
    remedy = remedy_of(left.remedies[number])
    assert remedy.staff == "nurse-01"
    words = Wording(plan).change(remedy)
    assert words.startswith("One more person, ")
    assert words.endswith(f", from {base.name}, by car, no break")
    assert words in client_as("planner").get(f"/plans/{plan.pk}/").content.decode()
    assert left.remedies[number]["change"].endswith("from where nurse-01 begins and as most travel")


def test_nobodys_home_is_told(plan, team):
    left, number = left_with(plan, "extra")
    person = team.staff.get()
    person.starts_from, person.home = DayEnd.HOME, person.base.point
    person.save()
    assert ", from where somebody's day begins, by car" in Wording(plan).change(remedy_of(left.remedies[number]))


def test_the_scenario_has_that_base_and_can_be_changed_before_it_is_searched(plan, team, client_as):
    planner = client_as("planner")
    left, number = left_with(plan, "extra")
    remedy = remedy_of(left.remedies[number])
    answer = planner.post(f"/plans/{plan.pk}/left-out/{left.pk}/try/{number}/")
    scenario = RoutePlan.objects.get(scenario_of=plan)
    assert answer.headers["Location"] == f"/plans/{scenario.pk}/fixed/"
    person = scenario.extra_people.get()
    shift = person.shifts.get()
    assert person.base == team.staff.get(only_in=None).base
    assert (shift.ends_at - shift.starts_at).total_seconds() >= max(1800, remedy.shift[1] - remedy.shift[0])
    page = planner.get(f"/plans/{scenario.pk}/fixed/").content.decode()
    assert "Optimise the scenario" in page
    address = f"/plans/{scenario.pk}/made-up/{person.pk}/"
    assert address in page
    assert clock(shift.starts_at) in planner.get(address).content.decode()
    values = {"name": "Bank nurse", "base": person.base_id, "starts_at": "08:00", "ends_at": "12:00"}
    assert planner.post(address, values | {"travel_profile": "bicycle"}).status_code == 302
    person.refresh_from_db()
    shift.refresh_from_db()
    assert (person.display_name, person.travel_profile) == ("Bank nurse", TravelProfile.BICYCLE)
    assert (clock(shift.starts_at), clock(shift.ends_at)) == ("08:00", "12:00")
    assert "Bank nurse, made up: 08:00 to 12:00" in planner.get(f"/plans/{scenario.pk}/fixed/").content.decode()
    wrong = planner.post(address, values | {"ends_at": "08:10"})
    assert wrong.status_code == 422
    assert "half an hour" in wrong.content.decode()
    assert client_as("approver").get(address).status_code == 403


def test_the_visit_is_served_when_the_scenario_is_searched(plan):
    left, number = left_with(plan, "extra")
    scenario = searched(services.try_remedy(left_out=left, number=number, by=make.SETUP))
    assert scenario.unserved.count() < plan.unserved.count()


def test_a_second_person_has_time_to_get_there(team, client_as):
    plan = make.draft_plan(team, count=2)
    Visit.objects.update(minutes=20, window_start=None, window_end=None)
    double = plan.visits.order_by("reference").first()
    Visit.objects.filter(pk=double.pk).update(staff_required=2, tier=1)
    for visit in Visit.objects.all():
        visit.skills.clear()
    plan = searched(plan)
    left, number = left_with(plan, "second")
    assert "at the door; their way there is not counted" in Wording(plan).change(remedy_of(left.remedies[number]))
    scenario = services.try_remedy(left_out=left, number=number, by=make.SETUP)
    remedy, shift = remedy_of(left.remedies[number]), scenario.extra_people.get().shifts.get()
    assert (shift.ends_at - shift.starts_at).total_seconds() > remedy.shift[1] - remedy.shift[0]
    scenario = searched(scenario)
    assert left.visit_id not in set(scenario.unserved.values_list("visit", flat=True))


def test_nobody_else_is_changed_as_if_made_up(plan, team):
    scenario = services.copy_as_scenario(plan=plan, by=make.SETUP)
    staff, shift = team.staff.get(), team.staff.get().shifts.get()
    values = {"name": "X", "base": staff.base, "travel_profile": "car", "by": make.SETUP}
    hours = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
    with pytest.raises(ValidationError, match="made up"):
        services.change_made_up_person(plan=scenario, staff=staff, **values, **hours)
