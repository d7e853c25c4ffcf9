"""Published home-care sets as problems and plans: what becomes of each rule, and what is refused by name."""

import pytest

from routing.planning.benchmarks import best_known, judged_plan, plan_files, read_folder, read_instance
from routing.planning.fields import InputError
from routing.planning.problem import Break, Link, Weights

from .published_home_care import COST, IDLE, TRAVEL, WAITING, instance, plan, write

C1, C2 = ("caregivers", 0), ("caregivers", 1)
P1, P2, P3 = ("patients", 0), ("patients", 1), ("patients", 2)
WEIGHTS = ("metadata", "cost_components")


@pytest.fixture
def read(tmp_path):
    def read(*changes):
        return read_instance(write(tmp_path / "i-1.json", instance(*changes)))

    return read


@pytest.fixture
def judge(tmp_path, read):
    def judge(*changes, cost=COST, of=()):
        return judged_plan(read(*of), write(tmp_path / "sol-i-1-7.json", plan(*changes, cost=cost)))

    return judge


def test_every_rule_of_an_instance_becomes_one_of_the_problem(read):
    found = read()
    assert (found.name, found.kind, found.size, found.rounding.scale) == ("i-1", "home care", 4, 1)
    problem = found.problem
    assert problem.weights == Weights(travel=2, waiting=5, max_late=4, max_idle=7)
    one, two = problem.staff
    assert (one.start, one.end, one.shift, one.overtime_cost) == (0, 0, (0, 300), 6)
    assert one.breaks == (Break(30, ((90, 180),), required=False, missed_cost=50, place="stop"),)
    assert two.end == 0 and not two.breaks
    assert min(person.overtime for person in problem.staff) > 200  # charged, never forbidden
    wash, dress, lucky, last = problem.visits
    assert [v.id for v in problem.visits] == ["p1/wash", "p1/dress", "p2/wash", "p3/wash"]
    assert problem.links == (Link("p1/wash", "p1/dress", 10, 40, different_staff=True, together=True),)
    assert (wash.service, dress.service, wash.late_cost, wash.windows) == (20, 15, 3, ((90, 150),))
    assert wash.required and not wash.prize and dress.skills == {"dress"}
    assert (lucky.required, lucky.prize, lucky.windows) == (False, 100, ((30, 60), (200, 220)))
    assert (lucky.preferred_staff, lucky.preference_cost) == ({"c2"}, 11)
    assert last.not_staff == {"c2"}


def test_weights_that_say_hard_are_rules(read):
    hard = [((*WEIGHTS, key), "HARD") for key in ("total_tardiness", "total_extra_time", "caregiver_preferences")]
    problem = read(*hard, ((*WEIGHTS, "missed_lunch_break"), None), ((*WEIGHTS, "optional_patients"), None)).problem
    assert {visit.late_cost for visit in problem.visits} == {None} and not problem.weights.max_late
    assert {person.overtime for person in problem.staff} == {0}
    assert problem.visit_by_id["p2/wash"].only_staff == {"c2"} and problem.visit_by_id["p2/wash"].required
    assert problem.staff[0].breaks[0].required


def test_windows_may_be_met_at_the_end_of_service(read):
    problem = read((("metadata", "time_window_met"), "at_service_end")).problem
    assert problem.visits[0].start_windows == ((90, 130),)
    assert problem.staff[0].breaks[0].windows == ((90, 150),)


def test_services_at_once_start_together_and_independent_ones_only_go_together(read):
    (link,) = read(((*P1, "synchronization"), {"type": "simultaneous"})).problem.links
    assert (link.min_gap, link.max_gap, link.different_staff) == (0, 0, True)
    (link,) = read(((*P1, "synchronization"), {"type": "independent"})).problem.links
    assert (link.min_gap, link.max_gap, link.different_staff, link.together) == (None, None, False, True)


def test_fractions_are_counted_in_thousandths(read):
    found = read((("distances", 0, 1), 10.25))
    assert found.rounding.scale == 1000
    assert found.problem.duration[0, 1] == 10_250 and found.problem.visits[0].service == 20_000
    assert found.problem.visit_by_id["p2/wash"].prize == 100_000  # costs have the unit of travel


def test_the_judge_finds_the_cost_of_a_plan(judge):
    cost = judge().cost
    assert (cost.travel, cost.waiting, cost.idle) == (2 * TRAVEL, 5 * WAITING, 7 * IDLE)
    assert (cost.late, cost.max_late, cost.prizes, cost.breaks) == (15, 20, 100, 0)
    no_lunch = judge((("routes", 0, "locations", 1), None), cost=COST + 50 + 7 * 30).cost
    assert no_lunch.breaks == 50


@pytest.mark.parametrize(
    ("changes", "cost", "message"),
    [
        ([], COST + 1, f"states the cost {COST + 1}, the judge finds {COST}"),
        ([(("routes", 0, "caregiver_id"), "c9")], COST, "routes.0..caregiver_id: i-1 has no caregiver 'c9'"),
        ([(("routes", 0, "locations", 0, "patient"), "p9")], COST, "no patient and service 'p9/wash'"),
        ([(("routes", 0, "locations", 0, "departure_time"), 149)], COST, "breaks a rule of i-1: .*lasts 19 s"),
        ([(("routes", 0, "locations", 0, "departure_time"), None)], COST, "end_service_time: missing"),
        ([(("routes", 0, "locations", 0, "arrival_time"), "noon")], COST, "arrival_time: expected an integer"),
        ([(("routes", 1, "locations", 0, "arrival_time"), 145)], COST, r"asked for|allowed|lasts"),
        ([(("routes",), None)], COST, "routes: missing"),
    ],
)
def test_a_plan_that_does_not_fit_is_named(judge, changes, cost, message):
    if changes and changes[0][0][-1] == "arrival_time" and changes[0][1] == 145:
        changes = [((*changes[0][0],), 139)]  # nine minutes after the wash, ten are asked for
    with pytest.raises(InputError, match=message):
        judge(*changes, cost=cost)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((("distances", 2), None), r"distances\[0\]: expected 3 numbers as there are rows, found 4"),
        ((("distances", 1, 2), -5), r"distances\[1\]\[2\]: expected a number of at least 0"),
        ((("distances", 1, 2), "far"), r"distances\[1\]\[2\]: expected a number of at least 0"),
        (((*P3, "distance_matrix_index"), 4), "distances has 4 rows, found 4"),
        (((*P3, "distance_matrix_index"), 1), "row 1 of distances is somebody else's"),
        (((*P3, "incompatible_caregivers"), ["c3"]), "incompatible_caregivers: no caregiver has the name 'c3'"),
        (((*P2, "preferred_caregivers"), []), "preferred_caregivers: names nobody"),
        (((*P2, "id"), "p1"), "'p1' is there twice"),
        (((*C2, "id"), "c1"), "'c1' is there twice"),
        (((*C1, "departing_point"), "home"), "no terminal point has the name 'home'"),
        (((*C1, "abilities"), ["fly"]), "no service has the name 'fly'"),
        (((*C1, "working_shift"), None), "working_shift: missing, and max_idle_time is counted from it"),
        (((*C1, "working_shift", "end"), -1), "working_shift.end: expected at least 0"),
        (((*P1, "required_services", 0, "service"), "dress"), "'dress' is required twice"),
        (((*P1, "required_services"), []), "expected at least one service"),
        (((*P1, "time_windows"), []), "expected at least one window"),
        (((*P1, "time_windows", 0, "end"), 80), "ends before it starts"),
        (((*P1, "synchronization"), None), "synchronization: missing"),
        (((*P1, "synchronization", "type"), "whenever"), "expected one of independent, simultaneous, sequential"),
        (((*P1, "synchronization", "distance", "max"), 5), "the least is above the largest"),
        (((*P1, "colour"), "red"), "colour: unknown field"),
        ((("services", 0, "default_duration"), None), "missing, and 'wash' has no usual one"),
        ((("lunch_breaks",), None), "lunch_breaks: missing"),
        ((("lunch_breaks", "end"), 80), "ends before it starts"),
    ],
)
def test_bad_input_is_named(read, change, message):
    with pytest.raises(InputError, match=message):
        read(change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (((*WEIGHTS, "workload_balance"), 1), "workload_balance: is a part of the cost that a planning problem cannot"),
        (((*WEIGHTS, "max_waiting_time"), 1), "max_waiting_time: is a part of the cost"),
        (((*WEIGHTS, "qualification"), 9), "qualification: may only be a rule"),
        (((*WEIGHTS, "incompabilities"), 9), "incompabilities: may only be a rule"),
        (((*WEIGHTS, "total_waiting_time"), "HARD"), "cannot be forbidden altogether"),
        (((*C1, "transportation_mode"), "public"), "transportation_mode: is a rule of the layout that"),
        (((*P1, "aspects"), ["dog"]), "aspects: is a rule of the layout that"),
        ((("services_order",), ["wash"]), "services_order: is a rule of the layout that"),
        ((("public_distances",), [[0]]), "public_distances: is a rule of the layout that"),
    ],
)
def test_rules_that_a_problem_cannot_state_are_refused_by_name(read, change, message):
    with pytest.raises(InputError, match=message):
        read(change)


def test_plans_are_found_beside_an_instance_and_in_the_published_folders(tmp_path):
    path = write(tmp_path / "instances" / "own" / "i-1.json", instance())
    found = read_instance(path)
    assert plan_files(path) == [] and best_known(found) is None
    beside = write(path.parent / "i-1.sol.json", plan())
    apart = write(tmp_path / "solutions" / "search" / "own" / "sol-i-1-99.json", plan())
    write(tmp_path / "solutions" / "search" / "own" / "sol-i-10-99.json", plan())
    assert plan_files(path) == sorted([beside, apart])
    assert best_known(found) == COST
    write(apart, plan(cost=COST - 1))
    with pytest.raises(InputError, match="states the cost"):
        best_known(found)


def test_a_folder_of_instances_is_read_by_content(tmp_path):
    write(tmp_path / "i-1.json", instance())
    write(tmp_path / "i-1.sol.json", plan())
    write(tmp_path / "best_known.json", {"other": 3})
    assert [found.name for found in read_folder(tmp_path)] == ["i-1"]
    with pytest.raises(InputError, match="expected caregivers, patients and distances"):
        read_instance(tmp_path / "best_known.json")
