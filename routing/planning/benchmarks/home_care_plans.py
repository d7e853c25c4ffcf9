"""Plans published for home-care instances: one JSON file a plan, with who is where when, and mostly its cost."""

from pathlib import Path

from routing.planning.check import Verdict, check
from routing.planning.fields import Fields, InputError, integer
from routing.planning.io import read_json
from routing.planning.solution import BreakStop, Route, Solution, VisitStop

from .home_care import visit_id

LUNCH = "lunch_break"
# Names that the layout has had for the same thing.
START = ("start_service_time", "start_time", "arrival_time")
END = ("end_service_time", "end_time", "departure_time")
PARENTS = 4


def read_home_care_plan(instance, path) -> tuple[Solution, float | None]:
    """(the plan of a file with its times, the cost that it states in the instance's units or None). Raises
    InputError.
    """
    value, scale = read_json(path), instance.rounding.scale
    file = _object(value, str(path))
    known = {visit.id for visit in instance.problem.visits}
    people = {person.id for person in instance.problem.staff}
    routes = []
    for i, item in enumerate(file.array("routes")):
        route = _object(item, f"{file.name('routes')}[{i}]")
        name = route.identifier("caregiver_id")
        if name not in people:
            raise InputError(route.name("caregiver_id"), f"{instance.name} has no caregiver {name!r}")
        stops = _stops(route, known, scale)
        if stops:
            routes.append(Route(name, stops))
    stated = _object(file.get("cost", {}), file.name("cost"))
    cost = stated.number("objective", None)
    return Solution(routes), None if cost is None else cost * scale


def judged_plan(instance, path) -> Verdict:
    """The judge's verdict on a published plan. Raises InputError where the file is wrong, the plan breaks a rule, or
    the cost that it states is not the judge's.
    """
    solution, stated = read_home_care_plan(instance, path)
    verdict = check(instance.problem, solution)
    if verdict.violations:
        raise InputError(str(path), f"breaks a rule of {instance.name}: {verdict.violations[0]}")
    if stated is not None and abs(verdict.cost.total - stated) > 0.01:
        raise InputError(str(path), f"states the cost {stated:g}, the judge finds {verdict.cost.total:g}")
    return verdict


def plan_files(path) -> list[Path]:
    """Files of published plans for an instance's file: NAME.sol.json and sol-NAME-SEED.json beside it, or anywhere in a
    folder `solutions` beside one of the folders that it is in.
    """
    path = Path(path).resolve()
    found = [*path.parent.glob(f"{path.stem}.sol.json"), *path.parent.glob(f"sol-{path.stem}-*.json")]
    for parent in list(path.parents)[:PARENTS]:
        for name in (f"{path.stem}.sol.json", f"sol-{path.stem}-*.json"):
            found += (parent / "solutions").rglob(name)
    return sorted(set(found))


def least_published(instance) -> float | None:
    """The least cost of the published plans of an instance, by the judge; None without any. Raises InputError."""
    return min((judged_plan(instance, path).cost.total for path in plan_files(instance.path)), default=None)


def _stops(route, known, scale):
    entries = []
    for i, item in enumerate(route.array("locations", ())):
        entry = _object(item, f"{route.name('locations')}[{i}]")
        if not entry.given("depot"):
            entries.append((_time(entry, START, scale), _time(entry, END, scale), entry))
    entries.sort(key=lambda entry: entry[0])
    stops = []
    for start, leave, entry in entries:
        if entry.text("service") == LUNCH:
            stops.append(BreakStop(0, start, leave))
            continue
        visit = visit_id(entry.identifier("patient"), entry.identifier("service"))
        if visit not in known:
            raise InputError(entry.path, f"the instance has no patient and service {visit!r}")
        # Lunch is taken at patients' homes: who begins with it has arrived by then.
        first = not any(isinstance(stop, VisitStop) for stop in stops)
        stops.append(VisitStop(visit, entries[0][0] if first else None, start, leave))
    return stops


def _time(entry, names, scale):
    for name in names:
        if entry.given(name):
            value = entry.get(name)
            return integer(value if scale == 1 else round(value * scale), entry.name(name), least=0)
    raise InputError(entry.name(names[0]), "missing")


def _object(value, path):
    """An object of which only some fields are read."""
    return Fields(value, path, value if isinstance(value, dict) else ())
