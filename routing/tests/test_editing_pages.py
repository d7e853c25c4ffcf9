"""The page on which a plan is changed by hand, with links and forms alone unless a test says otherwise."""

import html
import re
from datetime import time

import pytest

from healthequiroute.testing.shared import shared
from routing import services
from routing.models import PlanState, RoutePlan
from routing.plan_editing import OpenPlan

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def plan(organisation):
    return make.proposed_plan(make.team(organisation, people=3), count=8)


@pytest.fixture
def planner(client_as):
    return client_as("planner")


@pytest.fixture
def opened(plan):
    return OpenPlan(plan)


def address(plan, rest=""):
    return f"/plans/{plan.pk}/edit/{rest}"


def text(answer):
    return html.unescape(answer.content.decode())


def fields_of(page, form):
    """Hidden fields of the form with this id."""
    inside = re.search(rf'<form[^>]*id="{form}".*?</form>', page, re.S).group(0)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', inside))


def staff_in(page):
    return re.findall(r'data-staff="([^"]+)"', page)


def other_person(opened, visit):
    return next(name for name in opened.draft.orders if name not in opened.draft.served_by[visit])


def test_rounds_stand_side_by_side_and_the_plan_leads_there(plan, planner, opened):
    assert f'href="{address(plan)}"' in text(planner.get(f"/plans/{plan.pk}/"))
    page = text(planner.get(address(plan)))
    for name, order in opened.draft.orders.items():
        assert opened.people[name] in page
        assert all(f'data-visit="{visit}"' in page for visit in order)
    assert "Every visit is in a round." in page
    assert "Choose a visit or a person" in page


def test_rounds_stay_where_they_are_whoever_loses_or_gains_visits(planner, organisation):
    """Somebody who works with arrow keys finds every round where it was, also after changes were kept and undone."""
    plan = make.proposed_plan(make.team(organisation, people=1), count=4)
    spare = services.add_staff(
        team=plan.team,
        reference="aaron",
        display_name="Aaron Early",
        base=plan.team.staff.get().base,
        skills=make.skills_of(organisation),
        by=make.SETUP,
    )
    services.add_shifts(people=[spare], days=[plan.day], starts=time(8), ends=time(16, 30), by=make.SETUP)
    (visit, *_) = OpenPlan(plan).draft.orders["nurse-01"]
    for change in ({"kind": "clear", "staff": "nurse-01"}, {"kind": "put_in", "visit": visit, "to": "aaron|"}):
        plan = RoutePlan.objects.get(pk=plan.pk)
        edit = OpenPlan(plan).edit_from(change)
        services.apply_edit(plan=plan, edit=edit, version=plan.version, by=make.SETUP)
        assert staff_in(text(planner.get(address(plan)))) == ["nurse-01", "aaron"]
    planner.post(address(plan, "undo/"))
    assert staff_in(text(planner.get(address(plan)))) == ["nurse-01", "aaron"]


def test_a_chosen_visit_shows_its_best_places_and_every_change(plan, planner, opened):
    visit = next(iter(opened.draft.served_by))
    page = text(planner.get(address(plan), {"visit": visit}))
    assert 'aria-current="true"' in page
    for label in ("Best places", "Move to", "Start at", "Change places with", "Take it out", "Keep here"):
        assert label in page
    assert "driving</span>" in page


def test_a_move_is_looked_at_and_kept(plan, planner, opened):
    visit = next(iter(opened.draft.served_by))
    to = other_person(opened, visit)
    page = text(planner.get(address(plan, "preview/"), {"kind": "take_out", "visit": visit, "version": 1}))
    assert "No rule is broken." in page and "Whose day changes" in page
    plan.refresh_from_db()
    assert plan.version == 1
    answer = planner.post(address(plan, "keep/"), fields_of(page, "edit-keep"), follow=True)
    page = text(answer)
    assert f"{visit} taken out" in page and "Undo the last change" in page
    assert "Taken out by hand" in page
    page = text(planner.get(address(plan, "preview/"), {"kind": "put_in", "visit": visit, "staff": to, "version": 2}))
    assert f"{visit} put in with {opened.people[to]}" in page
    page = text(planner.post(address(plan, "undo/"), follow=True))
    plan.refresh_from_db()
    assert plan.version == 3 and "Every visit is in a round." in page


def test_a_move_that_breaks_a_rule_names_it_and_cannot_be_kept(plan, planner, opened):
    name, order = next((name, order) for name, order in opened.draft.orders.items() if order)
    ask = {"kind": "set_start", "visit": order[0], "start": "00:10", "version": 1}
    page = text(planner.get(address(plan, "preview/"), ask))
    assert 'data-feasible="no"' in page and "cannot be kept" in page
    assert f"{opened.people[name]} cannot start {order[0]} before" in page
    assert 'id="edit-keep"' not in page
    assert "start at" in page  # the nearest start that can be kept
    answer = planner.post(address(plan, "keep/"), ask)
    assert answer.status_code == 422 and "cannot be kept" in text(answer)
    plan.refresh_from_db()
    assert plan.version == 1


def test_a_plan_that_somebody_changed_meanwhile_is_shown_as_it_is_now(plan, planner, opened, make_user):
    one, two = sorted(opened.draft.served_by)[:2]
    seen = text(planner.get(address(plan, "preview/"), {"kind": "take_out", "visit": one, "version": 1}))
    edit = opened.edit_from({"kind": "take_out", "visit": two})
    services.apply_edit(plan=plan, edit=edit, version=1, by=make_user(["planner"]))
    for answer in (
        planner.post(address(plan, "keep/"), fields_of(seen, "edit-keep")),
        planner.get(address(plan, "preview/"), {"kind": "take_out", "visit": one, "version": 1}),
    ):
        assert answer.status_code == 409
        assert "Somebody else changed the plan in the meantime" in text(answer)
        assert 'data-version="2"' in text(answer)


def test_who_comes_back_to_the_page_finds_a_page(plan, planner, opened):
    """What a script asked for is a part of it, at the same address: no cache may give one for the other. A refused form
    leaves nobody at an address that takes forms only.
    """
    assert "HX-Request" in planner.get(address(plan)).headers["Vary"]
    part = planner.get(address(plan), headers={"HX-Request": "true"})
    assert "HX-Request" in part.headers["Vary"] and "<html" not in text(part)
    change = {"kind": "take_out", "visit": next(iter(opened.draft.served_by)), "version": 7}
    for action in ("keep/", "undo/"):
        refused = planner.post(address(plan, action), change, headers={"HX-Request": "true"})
        assert (refused.status_code, refused.headers["HX-Push-Url"]) == (409, address(plan))


@pytest.mark.parametrize(
    "ask, why",
    [
        ({"kind": "juggle"}, "no change called juggle"),
        ({"kind": "move"}, "Say which"),
        ({"kind": "move", "visit": "nobody", "to": "nurse-01|0"}, "no visit nobody"),
        ({"kind": "improve", "staff": "nobody"}, "nobody does not work"),
    ],
)
def test_what_makes_no_sense_is_said_on_the_page(plan, planner, ask, why):
    answer = planner.get(address(plan, "preview/"), ask)
    assert answer.status_code == 422 and why in text(answer)
    assert planner.post(address(plan, "keep/"), ask | {"version": 1}).status_code == 422


def test_a_chosen_round_offers_a_better_order_and_the_break(plan, planner, opened):
    name = next(name for name, order in opened.draft.orders.items() if order)
    page = text(planner.get(address(plan), {"staff": name}))
    assert f"Round of {opened.people[name]}" in page
    assert "Improve this round" in page and "Take the break" in page
    ask = {"kind": "move_break", "to": f"{name}|0", "index": 0, "version": 1}
    assert "Break of" in text(planner.get(address(plan, "preview/"), ask))


def test_a_round_that_is_good_already_is_no_mistake(plan, planner, opened):
    """Asked twice: whatever the first search found is as good as it gets."""
    name = next(name for name, order in opened.draft.orders.items() if order)
    ask = {"kind": "improve", "staff": name, "version": 1}
    page = text(planner.get(address(plan, "preview/"), ask))
    if 'id="edit-keep"' in page:
        planner.post(address(plan, "keep/"), fields_of(page, "edit-keep"))
        page = text(planner.get(address(plan, "preview/"), ask | {"version": 2}))
    assert 'id="edit-news"' in page and 'id="edit-error"' not in page
    assert f"No better order was found for the round of {opened.people[name]}." in page


def test_a_visit_is_kept_here_freed_and_left_out(plan, planner, opened):
    visit = next(iter(opened.draft.served_by))
    fix = {"visit": visit, "version": 1}
    page = text(planner.post(address(plan, "fix/"), fix | {"what": "pin"}, follow=True))
    assert "Kept here" in page and "Do not keep it here any more" in page
    assert plan.adjustments.get().staff.reference in opened.draft.served_by[visit]
    planner.post(address(plan, "fix/"), fix | {"what": "unpin"})
    assert not plan.adjustments.exists()
    page = text(planner.post(address(plan, "fix/"), fix | {"what": "leave_out"}, follow=True))
    assert "Left out (1)" in page and "Left out on purpose" in page
    page = text(planner.get(address(plan), {"visit": visit}))
    assert "Plan it again" in page
    planner.post(address(plan, "fix/"), fix | {"what": "take_in"})
    assert not plan.adjustments.exists()
    assert "Best places" in text(planner.get(address(plan), {"visit": visit}))


def test_scripts_get_the_part_that_changes(plan, planner, opened):
    visit = next(iter(opened.draft.served_by))
    scripted = {"headers": {"HX-Request": "true"}}
    page = text(planner.get(address(plan), {"visit": visit}, **scripted))
    assert "<html" not in page and 'id="edit-workspace"' in page
    ask = {"kind": "take_out", "visit": visit, "version": 1, "by": "keys"}
    page = text(planner.get(address(plan, "preview/"), ask, **scripted))
    assert "Enter keeps it" in re.search(r'data-announce="([^"]*)"', page).group(1)


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.OPTIMISING, PlanState.REJECTED])
def test_a_plan_in_another_state_sends_back_with_the_reason(plan, planner, state):
    plan.state = state
    if state == PlanState.REJECTED:
        plan.approved_by, plan.approved_at, plan.decision_reason = planner.user, plan.created_at, "No."
    plan.save()
    if state == PlanState.OPTIMISING:
        services.optimise_plan(plan=_as_draft(plan), by=planner.user)
    answer = planner.get(address(plan))
    assert answer.headers["Location"] == f"/plans/{plan.pk}/"
    assert planner.get(address(plan), headers={"HX-Request": "true"}).headers["HX-Redirect"] == f"/plans/{plan.pk}/"


def _as_draft(plan):
    RoutePlan.objects.filter(pk=plan.pk).update(state=PlanState.DRAFT)
    return RoutePlan.objects.get(pk=plan.pk)


def test_a_visit_for_two_is_put_in_with_both_and_moved_half_by_half(plan, planner, opened):
    reference = next(visit for visit in opened.draft.served_by if not opened.problem.visit_by_id[visit].skills)
    planner.post(address(plan, "keep/"), {"kind": "take_out", "visit": reference, "version": 1})
    plan.visits.filter(reference=reference).update(staff_required=2, window_start=None, window_end=None)
    plan.refresh_from_db()
    page = text(planner.get(address(plan), {"visit": reference}))
    assert "2 people together" in page
    page = text(planner.get(address(plan, "preview/"), {"kind": "put_in", "visit": reference, "version": 2}))
    assert " and with " in page and 'data-feasible="yes"' in page
    page = text(planner.post(address(plan, "keep/"), fields_of(page, "edit-keep"), follow=True))
    assert plan.assignments.filter(stops__visit__reference=reference).count() == 2
    assert "2 people together" in page and f"{reference} put in with" in page


def test_a_better_order_is_handed_on_as_it_was_shown(plan, planner, opened):
    name, order = next((name, order) for name, order in opened.draft.orders.items() if len(order) > 1)
    typed = ", ".join(reversed(order))
    ask = {"kind": "reorder", "staff": name, "visits": typed, "version": 1}
    page = text(planner.get(address(plan, "preview/"), ask))
    assert f"Round of {opened.people[name]} in another order" in page
    if 'id="edit-keep"' in page:
        planner.post(address(plan, "keep/"), fields_of(page, "edit-keep"))
        kept = plan.assignments.get(staff__reference=name).stops.exclude(visit=None)
        assert [stop.visit.reference for stop in kept.select_related("visit")] == order[::-1]


def test_the_round_of_somebody_who_fell_ill_can_be_taken_out(plan, planner, opened):
    name = next(name for name, order in opened.draft.orders.items() if order)
    opened.built.shifts[name].staff.absences.create(first_day=plan.day, last_day=plan.day)
    page = text(planner.get(address(plan)))
    assert "The plan now breaks a rule" in page and "is absent on that day" in page
    page = text(planner.get(address(plan), {"staff": name}))
    assert "does not work in this plan any more" in page and "Improve this round" not in page
    page = text(planner.get(address(plan, "preview/"), {"kind": "clear", "staff": name, "version": 1}))
    assert 'data-feasible="yes"' in page
    planner.post(address(plan, "keep/"), fields_of(page, "edit-keep"))
    assert not plan.assignments.filter(staff__reference=name).exists()


@pytest.mark.parametrize(
    "typed", ["[" * 5_000, '["\\ud800"]', '[{"a": [1]}]'], ids=["deep", "half a character", "nested"]
)
def test_an_order_that_is_none_is_refused_in_words(plan, planner, opened, typed):
    name = next(name for name, visits in opened.draft.orders.items() if visits)
    answer = planner.post(
        address(plan, "keep/"), {"kind": "reorder", "staff": name, "visits": typed, "version": plan.version}
    )
    assert answer.status_code == 422
    assert "The new order must hold the" in text(answer)
