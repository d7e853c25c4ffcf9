"""PROBLEM.json and SOLUTION.json, read and written to the letter of the contract."""

import json
from dataclasses import asdict
from pathlib import Path

from .check import Verdict
from .fields import Fields, InputError, at, shown, unique, window
from .matrix import MATRICES, read_matrix
from .problem import ALWAYS, Break, Link, Pin, Problem, Staff, Visit, Weights
from .solution import BreakStop, Cost, Remedy, Route, Solution, Unserved, VisitStop

PROBLEM = (
    "objective", "staff", "visits", "links", "capacity", "weights", "matrix", "locations", "speed_kmh", "detour",
    "profiles",
)  # fmt: skip
NOTES = ("name", "comment", "source")  # of a problem as a whole; without effect
STAFF = (
    "id", "start", "end", "shift", "skills", "max_visits", "breaks", "overtime", "overtime_cost", "max_duration",
    "max_drive", "profile",
)  # fmt: skip
BREAK = ("duration", "windows", "required", "missed_cost", "place")
VISIT = (
    "id", "location", "service", "windows", "skills", "staff_required", "prize", "tier", "required", "only_staff",
    "not_staff", "preferred_staff", "preference_cost", "pinned", "demand", "window_at", "late_cost", "late_max",
)  # fmt: skip
LINK = ("first", "second", "min_gap", "max_gap", "same_staff", "different_staff", "together")
VIOLATION = ("rule", "staff", "visit", "detail")
COST = ("travel", "prizes", "late", "preference", "overtime", "breaks", "waiting", "idle")
WEIGHTS = ("travel", "waiting", "max_late", "max_idle")
# A solution may come from anywhere: fields beside these are ignored there, since they cannot change what is judged.
SOLUTION = ("routes", "unserved", "cost", "feasible", "engine", "seconds", "trace")
# Bounds of memory: a file of this length takes about a gigabyte while it is read.
LONGEST_FILE = 100_000_000
MOST_VISITS = 20_000
MOST_STAFF = 5_000


def read_json(path):
    """A parsed JSON file. Raises InputError for a file that is missing, too long, not text or not JSON."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LONGEST_FILE + 1)
    except FileNotFoundError:
        raise InputError(str(path), "no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    if len(text) > LONGEST_FILE:
        limit = f"is longer than {LONGEST_FILE // 1_000_000} MB"
        raise InputError(str(path), f"{limit}: put the matrix into .npy files beside it, or give locations")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        # Not JSONDecodeError alone: a number of thousands of digits is a plain ValueError.
        raise InputError(str(path), f"not JSON: {error}") from None


def load_problem(path) -> Problem:
    """The problem of a file; matrix files are looked for beside it. Raises InputError."""
    return parse_problem(read_json(path), folder=Path(path).parent)


def load_solution(path) -> Solution:
    return parse_solution(read_json(path))


def parse_problem(data, folder=None) -> Problem:
    """The typed problem of parsed JSON; without `folder` matrix files are refused. Raises InputError."""
    fields = Fields(data, "", PROBLEM + NOTES)
    objective = fields.choice("objective", ("duration", "distance"), "duration")
    staff = tuple(_staff(item, f"staff[{i}]") for i, item in enumerate(_bounded(fields, "staff", MOST_STAFF)))
    visits = tuple(parse_visit(item, f"visits[{i}]") for i, item in enumerate(_bounded(fields, "visits", MOST_VISITS)))
    links = tuple(_link(item, f"links[{i}]") for i, item in enumerate(fields.array("links", ())))
    unique([person.id for person in staff], "staff")
    unique([visit.id for visit in visits], "visits")
    travel, profiles = read_matrix(fields, folder)
    if objective == "distance":
        _check_distances(travel, profiles)
    raw = Fields(fields.get("weights", {}), "weights", WEIGHTS)
    problem = Problem(
        staff=staff,
        visits=visits,
        duration=travel.duration,
        distance=travel.distance,
        profiles=profiles,
        links=links,
        capacity=_capacity(fields.get("capacity", {})),
        weights=Weights(**{key: raw.number(key, getattr(Weights(), key)) for key in WEIGHTS}),
        objective=objective,
    )
    check_references(problem)
    return problem


def _check_distances(travel, profiles):
    for path, each in [("matrix", travel), *((f"matrix.profiles.{name}", each) for name, each in profiles.items())]:
        if each.distance is None:
            raise InputError(f"{path}.distance", "missing, but the objective is distance")


def _bounded(fields, key, most):
    items = fields.array(key)
    if len(items) > most:
        message = f"{len(items):,} are given, at most {most:,} can be planned at once: split the day by team or area"
        raise InputError(key, message)
    return items


def _staff(data, path):
    fields = Fields(data, path, STAFF)
    return Staff(
        id=fields.identifier("id"),
        start=fields.integer("start", None, least=0),
        end=fields.integer("end", None, least=0),
        shift=window(fields.get("shift"), fields.name("shift")) if fields.given("shift") else ALWAYS,
        skills=fields.identifiers("skills"),
        max_visits=fields.integer("max_visits", None, least=0),
        breaks=tuple(_break(item, f"{path}.breaks[{i}]") for i, item in enumerate(fields.array("breaks", ()))),
        overtime=fields.integer("overtime", 0, least=0),
        overtime_cost=fields.number("overtime_cost", 0),
        max_duration=fields.integer("max_duration", None, least=0),
        max_drive=fields.integer("max_drive", None, least=0),
        profile=fields.identifier("profile") if fields.given("profile") else None,
    )


def _windows(fields):
    """Windows, or any time where none are given; an empty list would allow no time at all and is refused."""
    if not fields.given("windows"):
        return (ALWAYS,)
    values = fields.array("windows")
    if not values:
        raise InputError(fields.name("windows"), "empty: leave it out where any time will do")
    return tuple(window(value, f"{fields.name('windows')}[{i}]") for i, value in enumerate(values))


def _break(data, path):
    fields = Fields(data, path, BREAK)
    return Break(
        duration=fields.integer("duration", least=0),
        windows=_windows(fields),
        required=fields.boolean("required", True),
        missed_cost=fields.number("missed_cost", 0),
        place=fields.choice("place", ("anywhere", "stop"), "anywhere"),
    )


def parse_visit(data, path) -> Visit:
    """The typed visit of parsed JSON; `path` names it in errors. Raises InputError."""
    fields = Fields(data, path, VISIT)
    prize = fields.number("prize", None)
    return Visit(
        id=fields.identifier("id"),
        location=fields.integer("location", least=0),
        service=fields.integer("service", 0, least=0),
        windows=_windows(fields),
        skills=fields.identifiers("skills"),
        staff_required=fields.integer("staff_required", 1, least=1),
        prize=prize or 0,
        tier=fields.integer("tier", None, least=0),
        required=fields.boolean("required", prize is None),
        only_staff=fields.identifiers("only_staff", None),
        not_staff=fields.identifiers("not_staff"),
        preferred_staff=fields.identifiers("preferred_staff"),
        preference_cost=fields.number("preference_cost", 0),
        pinned=_pin(fields.get("pinned", None), fields.name("pinned")),
        demand=fields.integer("demand", 0, least=0),
        window_at=fields.choice("window_at", ("start", "end"), "start"),
        late_cost=fields.number("late_cost", None),
        late_max=fields.integer("late_max", None, least=0),
    )


def _pin(data, path):
    if data is None:
        return None
    fields = Fields(data, path, ("staff", "start"))
    return Pin(
        staff=fields.identifier("staff") if fields.given("staff") else None,
        start=fields.integer("start", None),
    )


def _link(data, path):
    fields = Fields(data, path, LINK)
    return Link(
        first=fields.identifier("first"),
        second=fields.identifier("second"),
        min_gap=fields.integer("min_gap", None),
        max_gap=fields.integer("max_gap", None),
        same_staff=fields.boolean("same_staff", False),
        different_staff=fields.boolean("different_staff", False),
        together=fields.boolean("together", False),
    )


def _capacity(data):
    if not isinstance(data, dict):
        raise InputError("capacity", f"expected an object of staff ids, found {shown(data)}")
    fields = Fields(data, "capacity", tuple(data))
    bounds = {key: fields.integer(key, None, least=0) for key in data}
    return {key: bound for key, bound in bounds.items() if bound is not None}


def check_references(problem):
    """Locations index the matrix; staff, visits and travel profiles named somewhere exist."""
    size = len(problem.duration)
    people, visits = problem.staff_by_id, problem.visit_by_id

    def place(value, path):
        if value is not None and value >= size:
            raise InputError(path, f"{value} is not a place of the matrix, which has {size} (0 to {size - 1})")

    def known(name, among, path, noun):
        if name not in among:
            raise InputError(path, f"no {noun} has the id {name!r}")

    for i, person in enumerate(problem.staff):
        place(person.start, f"staff[{i}].start")
        place(person.end, f"staff[{i}].end")
        if person.profile is not None and person.profile not in problem.profiles:
            known_are = ", ".join(problem.profiles) or "none"
            message = f"no travel profile has the name {person.profile!r}; known are {known_are}"
            raise InputError(f"staff[{i}].profile", message)
    for i, visit in enumerate(problem.visits):
        place(visit.location, f"visits[{i}].location")
        for key in ("only_staff", "not_staff", "preferred_staff"):
            for name in sorted(getattr(visit, key) or ()):
                known(name, people, f"visits[{i}].{key}", "staff member")
        if visit.pinned and visit.pinned.staff is not None:
            known(visit.pinned.staff, people, f"visits[{i}].pinned.staff", "staff member")
    for i, link in enumerate(problem.links):
        known(link.first, visits, f"links[{i}].first", "visit")
        known(link.second, visits, f"links[{i}].second", "visit")
        if link.first == link.second:
            raise InputError(f"links[{i}].second", f"links {link.first!r} to itself")
    for name in problem.capacity:
        known(name, people, f"capacity.{name}", "staff member")


def parse_solution(data) -> Solution:
    """The typed plan of parsed JSON. Unknown visits and staff are left for the judge to name. Raises InputError."""
    fields = Fields(data, "", {*SOLUTION, *(data if isinstance(data, dict) else ())})
    return Solution(
        routes=[_route(item, f"routes[{i}]") for i, item in enumerate(fields.array("routes"))],
        unserved=[_unserved(item, f"unserved[{i}]") for i, item in enumerate(fields.array("unserved", ()))],
        engine=fields.text("engine", ""),
    )


def _loose(value, path):
    return Fields(value, path, tuple(value) if isinstance(value, dict) else ())


def _route(data, path):
    fields = _loose(data, path)
    stops = [_stop(item, f"{at(path, 'stops')}[{i}]") for i, item in enumerate(fields.array("stops"))]
    return Route(staff=fields.identifier("staff"), stops=stops)


def _stop(data, path):
    fields = _loose(data, path)
    times = {key: fields.integer(key, None) for key in ("arrive", "start", "leave")}
    if "break" in fields.value:
        if "visit" in fields.value:
            raise InputError(path, "is both a visit and a break")
        del times["arrive"]
        return BreakStop(fields.integer("break", least=0), **times)
    return VisitStop(fields.identifier("visit"), **times)


def _unserved(data, path):
    fields = _loose(data, path)
    return Unserved(
        visit=fields.identifier("visit"), reason=fields.text("reason", ""), detail=fields.text("detail", "")
    )


def solution_json(solution: Solution) -> dict:
    """The plan as plain data in the contract's shape, times that are not stated left out. A `certificate` (engine,
    accepted, detail) stands beside it where another engine was asked, and `promise_kept` where simple exchanges were
    looked for.
    """
    data = {
        "routes": [
            {"staff": route.staff, "stops": [_stop_json(stop) for stop in route.stops]} for route in solution.routes
        ],
        "unserved": [
            {
                "visit": left.visit,
                "reason": left.reason,
                "detail": left.detail,
                "remedies": [_remedy_json(r) for r in left.remedies],
            }
            for left in solution.unserved
        ],
        "cost": cost_json(solution.cost) if solution.cost else {},
        "feasible": solution.feasible,
        "engine": solution.engine,
        "seconds": round(solution.seconds, 3),
        "trace": [[round(elapsed, 3), cost] for elapsed, cost in solution.trace],
    }
    if solution.certificate:
        data["certificate"] = asdict(solution.certificate)
    if solution.promise_kept is not None:
        data["promise_kept"] = solution.promise_kept
    return data


def _stop_json(stop):
    times = {key: getattr(stop, key, None) for key in ("arrive", "start", "leave")}
    named = {"visit": stop.visit} if isinstance(stop, VisitStop) else {"break": stop.index}
    return named | {key: value for key, value in times.items() if value is not None}


def _remedy_json(remedy: Remedy):
    """The words and the cost of the contract, then the fields by which a program can apply the remedy."""
    return {key: value for key, value in asdict(remedy).items() if value not in (None, (), "")}


def cost_json(cost: Cost) -> dict:
    """The parts of the cost under their keys; `max_late` only where a weight makes it count."""
    parts = {key: getattr(cost, key) for key in COST}
    return {"total": cost.total, **parts} | ({"max_late": cost.max_late} if cost.max_late else {})


def verdict_json(verdict: Verdict) -> dict:
    """The judge's verdict in the contract's shape; with tiers, also the numbers unserved by tier."""
    answer = {
        "feasible": verdict.feasible,
        "violations": [{key: getattr(violation, key) for key in VIOLATION} for violation in verdict.violations],
        "cost": cost_json(verdict.cost),
    }
    if verdict.unserved_by_tier:
        answer["unserved_by_tier"] = {str(tier): count for tier, count in verdict.unserved_by_tier.items()}
    return answer


def problem_json(problem: Problem) -> dict:
    """The problem as plain data with its matrices inline; parse_problem gives an equal problem back."""
    data = {
        "objective": problem.objective,
        "staff": [_staff_json(person) for person in problem.staff],
        "visits": [_visit_json(visit) for visit in problem.visits],
        "links": [_filled(link, LINK) for link in problem.links],
        "capacity": dict(problem.capacity),
        "weights": _filled(problem.weights, WEIGHTS),
        "matrix": _matrix_json(problem),
    }
    if problem.profiles:
        data["matrix"]["profiles"] = {name: _matrix_json(travel) for name, travel in problem.profiles.items()}
    return data


def _matrix_json(travel):
    given = {key: getattr(travel, key) for key in MATRICES}
    return {key: matrix.tolist() for key, matrix in given.items() if matrix is not None}


def _filled(record, keys):
    """Fields as plain data; sets sorted, None left out (it means "no effect" throughout)."""
    plain = {}
    for key in keys:
        value = getattr(record, key)
        if isinstance(value, frozenset):
            value = sorted(value)
        if value is not None:
            plain[key] = value
    return plain


def _window_json(data, windows, key="windows"):
    if windows == (ALWAYS,):
        data.pop(key, None)
    else:
        data[key] = [list(pair) for pair in windows]
    return data


def _staff_json(person: Staff):
    data = _filled(person, [key for key in STAFF if key not in ("breaks", "shift")])
    if person.shift != ALWAYS:
        data["shift"] = list(person.shift)
    data["breaks"] = [
        _window_json(_filled(pause, [k for k in BREAK if k != "windows"]), pause.windows) for pause in person.breaks
    ]
    return data


def _visit_json(visit: Visit):
    data = _window_json(_filled(visit, [key for key in VISIT if key not in ("windows", "pinned")]), visit.windows)
    if visit.pinned:
        data["pinned"] = {"staff": visit.pinned.staff, "start": visit.pinned.start}
    return data
