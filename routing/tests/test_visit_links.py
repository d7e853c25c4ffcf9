"""Two visits of a day linked by hand: made, changed, removed, refused in words, and kept by the plan."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from routing import services
from routing.civil_time import instant
from routing.link_rules import DAY, Tie, _negative_circle, why_impossible
from routing.models import PlanState, RoutePlan, RouteStop, Skill, VisitLink
from routing.optimisation import search
from routing.presenters.bonds import LinksOf
from routing.problem_building import build_problem

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(organisation):
    return make.team(organisation, people=2)


@pytest.fixture
def draft(team):
    """Four visits V-1 to V-4 without windows and skills."""
    plan = make.draft_plan(team, count=4)
    for number, visit in enumerate(plan.visits.order_by("reference"), start=1):
        visit.reference, visit.minutes = f"V-{number}", 30
        visit.window_start = visit.window_end = None
        visit.save()
        visit.skills.clear()
    return plan


@pytest.fixture
def visits(draft):
    return list(draft.visits.order_by("reference"))


def window(visit, opens, closes):
    visit.window_start, visit.window_end = instant(make.DAY, make.time(*opens)), instant(make.DAY, make.time(*closes))
    visit.save()


def link(first, second, **values):
    return services.link_visits(first=first, second=second, values=values, by=make.SETUP)


def refusal(first, second, **values) -> str:
    with pytest.raises(ValidationError) as caught:
        link(first, second, **values)
    return caught.value.messages[0]


def test_a_link_is_made_changed_and_removed_on_the_visits_page(team, draft, visits, client_as):
    planner, (first, second) = client_as("planner"), visits[:2]
    page = f"/teams/{team.pk}/visits/{second.pk}/"
    assert "Link to another visit" in planner.get(page).content.decode()
    form = {"other": "v-1", "order": "after", "least_gap": 60, "most_gap": 90, "people": "different", "together": "on"}
    assert planner.get(f"{page}links/new/").status_code == 200
    assert planner.post(f"{page}links/new/", form).status_code == 302
    made = VisitLink.objects.get()
    assert (made.first, made.second) == (first, second)
    assert (made.min_gap_minutes, made.max_gap_minutes, made.different_staff, made.together) == (60, 90, True, True)
    shown = planner.get(page).content.decode()
    assert "Not before 1 h after V-1, at most 1 h 30 min after it, another person, both or neither" in shown
    other_side = planner.get(f"/teams/{team.pk}/visits/{first.pk}/").content.decode()
    assert "Not later than 1 h before V-2" in other_side
    assert "not before 1 h after V-1" in planner.get(f"/plans/{draft.pk}/").content.decode()
    assert "not before 1 h after V-1" in planner.get(f"/teams/{team.pk}/visits/?day={make.DAY}").content.decode()
    change = f"/teams/{team.pk}/visits/{first.pk}/links/{made.pk}/"
    assert 'value="60"' in planner.get(change).content.decode()
    planner.post(change, {"order": "after", "apart": "on", "people": "same"})
    made.refresh_from_db()
    assert (made.first, made.second, made.min_gap_minutes, made.max_gap_minutes) == (second, first, 30, None)
    assert (made.same_staff, made.different_staff, made.together) == (True, False, False)
    planner.post(f"{change}remove/")
    assert not VisitLink.objects.exists()
    actions = AuditEvent.objects.filter(action__startswith="visit.").order_by("sequence")
    assert list(actions.values_list("action", flat=True)) == ["visit.linked", "visit.link_changed", "visit.unlinked"]


def test_the_form_says_what_it_expects(team, visits, client_as):
    planner = client_as("planner")
    later = visits[2]
    later.day = make.DAY.replace(day=24)
    later.save()
    page = f"/teams/{team.pk}/visits/{visits[0].pk}/links/new/"
    for change, told in (
        ({"other": "V-9"}, "no open visit with that reference on this day"),
        ({"other": "V-1"}, "This is the visit itself"),
        ({"other": "V-3"}, "That visit is on Tuesday 24 November"),
        ({"least_gap": 90, "most_gap": 60}, "This is less than the least"),
        ({"order": "none", "least_gap": 30}, "say which comes first"),
        ({"order": "none"}, "Say what links them"),
        ({"most_gap": 2000}, "1440"),
    ):
        answer = planner.post(page, {"other": "V-2", "order": "after", "people": "anybody"} | change)
        assert answer.status_code == 422, change
        assert told in answer.content.decode(), change
    assert not VisitLink.objects.exists()
    assert client_as("approver").get(page).status_code == 403


def test_windows_that_cannot_meet_are_told_with_their_times(visits):
    first, second = visits[:2]
    window(first, (14, 0), (15, 0))
    window(second, (9, 0), (10, 0))
    told = refusal(first, second, min_gap_minutes=0)
    assert "V-1 starts from 14:00 to 15:00; V-2 starts from 09:00 to 10:00" in told
    link(second, first, min_gap_minutes=0)


def test_a_circle_is_told_with_the_visits_in_it(visits):
    first, second, third, _ = visits
    link(first, second, min_gap_minutes=0)
    assert "linked already" in refusal(second, first, min_gap_minutes=0)
    link(second, third, min_gap_minutes=30)
    told = refusal(third, first, min_gap_minutes=0)
    assert told.startswith("The links between ")
    assert told.endswith("go round in a circle: each would have to come before itself.")
    assert all(name in told for name in ("V-1", "V-2", "V-3"))


def test_a_chain_whose_windows_leave_no_room_is_told(visits):
    first, second, third, _ = visits
    window(first, (9, 0), (9, 30))
    window(third, (10, 0), (10, 30))
    link(first, second, min_gap_minutes=60)
    assert "leave no room for the gaps" in refusal(second, third, min_gap_minutes=60)


def test_the_same_person_needs_every_skill_and_time_for_both(team, visits):
    first, second, third, _ = visits
    first.skills.set([Skill.objects.get(code="wound-care")])
    second.skills.set([Skill.objects.get(code="insulin")])
    third.skills.set([services.create_skill(organisation=team.organisation, code="rare", name="Rare", by=make.SETUP)])
    link(first, second, same_staff=True)  # the first nurse has both
    told = refusal(second, third, same_staff=True)
    assert told == "The same person would need Insulin, Rare and Wound care: nobody in the team has that on the day."
    first.excluded_staff.set([team.staff.get(reference="nurse-01")])
    VisitLink.objects.all().delete()
    assert "excluded from one of them" in refusal(first, second, same_staff=True)
    window(first, (9, 0), (9, 10))
    window(second, (9, 0), (9, 10))
    first.excluded_staff.clear()
    assert "The same person cannot be at both" in refusal(first, second, same_staff=True)


def test_the_same_and_different_people_contradict_each_other_round_a_corner(visits):
    first, second, third, _ = visits
    link(first, second, same_staff=True)
    link(second, third, same_staff=True)
    assert "by other links the same one" in refusal(first, third, different_staff=True)


def test_visits_of_different_days_or_teams_are_not_linked(organisation, visits):
    first, second = visits[:2]
    second.day = make.DAY.replace(day=24)
    second.save()
    assert "only visits of one day are linked" in refusal(first, second, min_gap_minutes=0)


def test_a_visit_in_a_proposal_keeps_its_links(draft, visits):
    made = link(visits[0], visits[1], min_gap_minutes=0)
    RoutePlan.objects.filter(pk=draft.pk).update(state=PlanState.PROPOSED)
    with pytest.raises(services.PlanStateError, match="holds this visit"):
        services.unlink_visits(link=made, by=make.SETUP)
    with pytest.raises(services.PlanStateError):
        link(visits[1], visits[2], min_gap_minutes=0)


def test_a_longer_visit_takes_what_comes_after_it_along(visits):
    made = link(visits[0], visits[1], min_gap_minutes=30)
    services.change_visit(visit=visits[0], values={"minutes": 45}, by=make.SETUP)
    made.refresh_from_db()
    assert made.min_gap_minutes == 45


def test_the_plan_keeps_a_link_and_run_sheets_name_it(draft, visits, client_as):
    first, second = visits[:2]
    link(first, second, min_gap_minutes=60, max_gap_minutes=120, same_staff=True)
    built = build_problem(draft)
    solution = search(built, seconds=5, seed=1, iterations=50)
    services.store_solution(plan=draft, built=built, solution=solution, by=make.SETUP)
    one, other = (RouteStop.objects.get(visit=visit) for visit in (first, second))
    assert 60 <= (other.starts_at - one.starts_at).total_seconds() / 60 <= 120
    assert one.assignment == other.assignment
    for page in (f"/plans/{draft.pk}/", f"/plans/{draft.pk}/run-sheets/"):
        assert "before 1 h after V-1" in client_as("planner").get(page).content.decode(), page


def test_links_by_other_systems(team, visits, client_as):
    planner = client_as("planner")
    asked = {"team": str(team.pk), "day": str(make.DAY), "first": "V-1", "second": "V-2", "min_gap_minutes": 30}
    made = planner.post("/api/v1/visit-links/", asked, content_type="application/json")
    assert made.status_code == 201, made.content
    one = f"/api/v1/visit-links/{made.json()['id']}/"
    assert made.json()["first"] == "V-1"
    found = planner.get(f"/api/v1/visit-links/?team={team.pk}&day={make.DAY}").json()
    assert [each["second"] for each in found["results"]] == ["V-2"]
    again = planner.post("/api/v1/visit-links/", asked, content_type="application/json")
    assert again.status_code == 400
    assert "linked already" in again.content.decode()
    seen = {"HTTP_IF_MATCH": planner.get(one)["ETag"]}
    changed = planner.put(one, {"together": True}, content_type="application/json", **seen)
    assert changed.json()["min_gap_minutes"] is None
    seen = {"HTTP_IF_MATCH": changed["ETag"]}
    assert planner.put(one, {}, content_type="application/json", **seen).status_code == 400
    wrong = planner.post("/api/v1/visit-links/", asked | {"second": "V-9"}, content_type="application/json")
    assert "no visit with this reference" in wrong.content.decode()
    assert client_as("analyst").delete(one).status_code == 403
    RoutePlan.objects.update(state=PlanState.PROPOSED)
    assert planner.delete(one).status_code == 409
    RoutePlan.objects.update(state=PlanState.DRAFT)
    assert planner.delete(one).status_code == 204
    assert not VisitLink.objects.exists()


def test_words_from_both_sides(visits):
    link(visits[0], visits[1], min_gap_minutes=0, max_gap_minutes=0)
    links = LinksOf(visits)
    assert links.words(visits[0]) == ["at the same time as V-2"]
    assert links.words(visits[2]) == []


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-3, 5)).filter(lambda edge: edge[0] != edge[1]),
        max_size=10,
    )
)
def test_a_circle_is_found_exactly_where_no_times_fit(edges):
    """Against trying all times from 0 to 15 (gaps of four nodes never need more)."""
    nodes = [0, 1, 2, 3]
    shortest = {}
    for a, b, seconds in edges:
        shortest[a, b] = min(seconds, shortest.get((a, b), seconds))
    circle = _negative_circle(nodes, shortest)
    reach = {(a, b): 0 if a == b else shortest.get((a, b), 10**6) for a in nodes for b in nodes}
    for k in nodes:
        for a in nodes:
            for b in nodes:
                reach[a, b] = min(reach[a, b], reach[a, k] + reach[k, b])
    assert bool(circle) == any(reach[a, a] < 0 for a in nodes)
    if circle:
        around = zip(circle, [*circle[1:], circle[0]], strict=True)
        assert sum(shortest[pair] for pair in around) < 0


def test_nobody_is_asked_about_a_link_without_bounds(visits):
    assert why_impossible(Tie(visits[0], visits[1], together=True), [], []) == ""
    assert DAY not in {visit.pk for visit in visits}
