"""Parts of a large plan: what is in them, what stays together, and that each part is an honest problem of its own."""

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.decomposition import clustering
from routing.planning.decomposition.geography import coordinates
from routing.planning.decomposition.groups import bound_groups
from routing.planning.decomposition.partition import partition
from routing.planning.decomposition.parts import part_problem
from routing.planning.instances import home_visits
from routing.planning.problem import Link, Pin, Problem, Staff, Visit
from routing.planning.solution import Route, Solution, VisitStop


@pytest.fixture(scope="module")
def thousand():
    return home_visits(1000, 100, seed=201, tiers=True)


def small_parts(problem):
    """Parts of 10 to 20 visits, so that small days fall into several."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"FEWEST": 10, "TARGET": 15, "MOST": 20}.items():
            patch.setattr(clustering, name, value)
        return partition(problem)


def tangled(seed, visits=60, staff=10):
    """A day with links, pins, exclusions, people asked for by name and visits for two."""
    source = random.Random(seed)
    problem = home_visits(visits, staff, seed, tiers=bool(seed % 2))
    names, people = [v.id for v in problem.visits], [p.id for p in problem.staff]
    work = []
    for visit in problem.visits:
        change, kind = {}, source.random()
        if kind < 0.08:
            change["pinned"] = Pin(source.choice(people), None)
        elif kind < 0.16:
            change["only_staff"] = frozenset(source.sample(people, source.choice((0, 1, 2, 3))))
        elif kind < 0.24:
            change["not_staff"] = frozenset(source.sample(people, 2))
        elif kind < 0.34:
            change["staff_required"] = 2
        elif kind < 0.44:
            change |= {"preferred_staff": frozenset(source.sample(people, 2)), "preference_cost": 600}
        work.append(replace(visit, **change))
    links = tuple(Link(*source.sample(names, 2), min_gap=0, together=source.random() < 0.5) for _ in range(6))
    return replace(problem, visits=tuple(work), links=links)


def able(problem, visit, staff):
    return sum(problem.may_serve(person, visit) for person in staff) >= visit.staff_required


def test_a_thousand_visits_fall_into_parts_of_even_size(thousand):
    parts = partition(thousand)
    assert sorted(name for part in parts for name in part.visits) == sorted(thousand.visit_by_id)
    assert sorted(name for part in parts for name in part.staff) == sorted(thousand.staff_by_id)
    assert all(150 <= len(part.visits) <= 300 for part in parts)
    assert partition(thousand) == parts


def test_every_part_has_people_for_its_work_and_for_each_skill(thousand):
    ratio = len(thousand.staff) / len(thousand.visits)
    for part in partition(thousand):
        staff = [thousand.staff_by_id[name] for name in part.staff]
        visits = [thousand.visit_by_id[name] for name in part.visits]
        assert len(staff) / len(visits) == pytest.approx(ratio, rel=0.12)
        for skill in {skill for visit in visits for skill in visit.skills}:
            asked = sum(visit.service for visit in visits if skill in visit.skills)
            offered = sum(person.shift[1] - person.shift[0] for person in staff if skill in person.skills)
            assert offered > 1.3 * asked


def test_parts_are_compact(thousand):
    def usual(names):
        places = [thousand.visit_by_id[name].location for name in names]
        return np.median(thousand.duration[np.ix_(places, places)])

    whole = usual(thousand.visit_by_id)
    assert all(usual(part.visits) < 0.8 * whole for part in partition(thousand))


def worst_share(problem, parts, priorities):
    """How far any part's number of any priority is from its share, beyond the three visits that do not matter."""
    whole = Counter(priorities.values())
    worst = 0
    for part in parts:
        mine = Counter(priorities[name] for name in part.visits)
        for value, count in whole.items():
            share = count / len(problem.visits) * len(part.visits)
            worst = max(worst, (abs(mine[value] - share) - clustering.COUNT_TOLERANCE) / share)
    return worst


def test_every_part_has_its_share_of_every_tier(thousand):
    tiers = {visit.id: visit.tier for visit in thousand.visits}
    assert worst_share(thousand, partition(thousand), tiers) <= clustering.SHARE_TOLERANCE


def test_core20_is_shared_out_where_it_is_asked_for():
    """The most deprived live in the west: parts of east and west alone would have all or nothing of them."""
    problem = home_visits(800, 80, seed=203)
    west = np.median(coordinates(problem.duration, np.array([v.location for v in problem.visits]))[:, 0])
    axis = coordinates(problem.duration, np.array([v.location for v in problem.visits]))[:, 0]
    source = random.Random(1)
    core20 = {visit.id: source.random() < (0.4 if axis[i] < west else 0.1) for i, visit in enumerate(problem.visits)}
    before = worst_share(problem, partition(problem), core20)
    after = worst_share(problem, partition(problem, core20), core20)
    assert before > 0.3
    assert after <= 0.2


@examples(40)
@given(st.integers(0, 10_000))
def test_what_is_bound_stays_together_and_finds_its_people(seed):
    problem = tangled(seed)
    parts = small_parts(problem)
    part_of = {name: i for i, part in enumerate(parts) for name in part.visits}
    home_of = {name: i for i, part in enumerate(parts) for name in part.staff}
    assert sorted(part_of) == sorted(problem.visit_by_id)
    assert sorted(home_of) == sorted(problem.staff_by_id)
    assert sum(len(part.visits) for part in parts) == len(problem.visits)
    for link in problem.links:
        assert part_of[link.first] == part_of[link.second]
    for visit in problem.visits:
        if visit.pinned:
            assert home_of[visit.pinned.staff] == part_of[visit.id]
        if visit.only_staff and len(visit.only_staff) == visit.staff_required:
            assert {home_of[name] for name in visit.only_staff} == {part_of[visit.id]}


@examples(40)
@given(st.integers(0, 10_000))
def test_a_visit_that_somebody_can_do_is_with_somebody_who_can(seed):
    problem = replace(tangled(seed), links=())
    parts = small_parts(problem)
    for part in parts:
        staff = [problem.staff_by_id[name] for name in part.staff]
        for name in part.visits:
            visit = problem.visit_by_id[name]
            assert able(problem, visit, staff) or not able(problem, visit, problem.staff)


def test_groups_hold_every_visit_once():
    problem = tangled(7)
    groups = bound_groups(problem)
    assert sorted(i for group in groups for i in group.visits) == list(range(len(problem.visits)))
    bound = [person for group in groups for person in group.staff]
    assert len(bound) == len(set(bound))


@examples(30)
@given(st.integers(0, 10_000))
def test_a_plan_of_a_part_costs_the_same_in_the_whole(seed):
    problem = replace(tangled(seed, visits=30, staff=6), links=())
    source = random.Random(seed)
    half = [visit.id for visit in problem.visits if source.random() < 0.5]
    staff = [person.id for person in problem.staff][:3]
    small = part_problem(problem, half, staff)
    routes = {name: [] for name in staff}
    for name in half:
        routes[source.choice(staff)].append(name)
    plan = Solution([Route(name, [VisitStop(v) for v in visits]) for name, visits in routes.items() if visits])
    inside, whole = check(small, plan), check(problem, plan)
    assert inside.cost.travel == whole.cost.travel
    assert inside.routes == whole.routes
    mine = {v.rule for v in inside.violations if v.rule != "staff"}
    assert mine == {v.rule for v in whole.violations if v.rule not in ("staff", "pin")} - {"required"} | (
        mine & {"pin", "required"}
    )


def test_frozen_visits_keep_person_and_start():
    problem = replace(home_visits(6, 3, seed=2), links=(Link("v001", "v002", min_gap=600),))
    small = part_problem(problem, ["v001", "v003"], ["n01"], {"v001": ("n01", 36_000)})
    assert small.links == ()
    held = small.visit_by_id["v001"]
    assert held.pinned == Pin("n01", 36_000)
    assert held.required
    assert not small.visit_by_id["v003"].required


def test_people_outside_are_nobody_inside():
    visits = (
        Visit("a", 0, only_staff=frozenset({"far"}), prize=9, required=False),
        Visit("b", 0, pinned=Pin("far", None), prize=9, required=False),
        Visit("c", 0, preferred_staff=frozenset({"far"}), preference_cost=4, prize=9, required=False),
        Visit("d", 0, preferred_staff=frozenset({"far", "near"}), preference_cost=4, prize=9, required=False),
    )
    problem = Problem((Staff("near", 0, 0), Staff("far", 0, 0)), visits, np.zeros((1, 1), dtype=np.int64))
    small = part_problem(problem, "abcd", ["near"])
    a, b, c, d = small.visits
    assert not small.may_serve(small.staff[0], a)
    assert not small.may_serve(small.staff[0], b)
    assert (c.preference_cost, c.prize, c.preferred_staff) == (0, 5, frozenset())
    assert (d.preference_cost, d.preferred_staff) == (4, {"near"})


@pytest.mark.parametrize("count", [1, 2, 30])
def test_places_on_top_of_each_other_still_fall_into_parts(count):
    """No geography at all: everything is in one place."""
    visits = tuple(Visit(f"v{i}", 0, prize=1, required=False) for i in range(count))
    problem = Problem((Staff("n1", 0, 0), Staff("n2", 0, 0)), visits, np.zeros((1, 1), dtype=np.int64))
    parts = small_parts(problem)
    assert sum(len(part.visits) for part in parts) == count
    assert sum(len(part.staff) for part in parts) == 2
