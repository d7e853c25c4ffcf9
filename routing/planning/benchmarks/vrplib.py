"""VRPLIB files in the dialects of the published sets: time windows, site-dependent, multi-depot, prizes, durations.

Durations equal distances there. Site-dependence (VEHICLES_ALLOWED_CLIENTS) becomes skills: one for each set of vehicles
that some client is kept for. A client with a prize may be left out, one without must be served. Alternatives at one
place (MUTUALLY_EXCLUSIVE_GROUP) become one visit with several windows. What the model cannot state is refused by name.
"""

import numpy as np

from routing.planning.problem import ALWAYS, Problem, Staff, Visit, Weights

from .instance import Instance
from .rounding import euclidean, usual_rounding
from .sections import Sections, read_sections

# Without effect when zero; refused otherwise.
REFUSED = (
    "BACKHAUL", "LINEHAUL", "PICKUP_AND_DELIVERY", "RELEASE_TIME", "VEHICLES_FIXED_COST", "VEHICLES_RELOAD_DEPOT",
    "VEHICLES_MAX_RELOADS",
)  # fmt: skip
MOST_PLACES = 5_000  # their matrix takes a gigabyte while it is worked out
TRIANGLES = {"LOWER_ROW": (0, 0), "LOWER_DIAG_ROW": (0, 1), "UPPER_ROW": (1, 0), "UPPER_DIAG_ROW": (1, 1)}


def read_vrplib(lines, path, rounding=None) -> Instance:
    """The instance of the lines of a file. Raises InputError naming line and keyword."""
    text = read_sections(lines, path)
    for keyword in REFUSED:
        if any(any(row[1:]) for row in text.tables.get(keyword, ())) or text.number(keyword, 0) != 0:
            raise text.wrong(keyword, "cannot be stated in the planning model")
    kind = text.values.get("TYPE", "CVRP").upper()
    rounding = rounding or usual_rounding(kind)
    places = text.count("DIMENSION")
    if places > MOST_PLACES:
        raise text.wrong("DIMENSION", f"{places:,} places are more than {MOST_PLACES:,}")
    depots = _depots(text, places)
    windows = _windows(text, places, rounding)
    staff, capacity = _staff(text, depots, windows, places, rounding)
    staff, skills = _skills(text, staff, depots, places)
    visits, numbered = _visits(text, depots, windows, skills, places, rounding)
    problem = Problem(
        staff=staff,
        visits=visits,
        duration=rounding.whole(_distances(text, places)),
        capacity=capacity,
        weights=Weights(travel=_unit_cost(text, len(staff))),
    )
    return Instance(text.values.get("NAME", path.stem), kind, problem, rounding, numbered, path)


def _depots(text: Sections, places):
    """Number of depots; they are the first places."""
    listed = [int(row[0]) for row in text.tables.get("DEPOT", [[1]]) if row[0] != -1]
    if listed != list(range(1, len(listed) + 1)) or not 0 < len(listed) < places:
        raise text.wrong("DEPOT", f"expected the first places 1, 2 ..., found {listed[:5]}")
    return len(listed)


def _windows(text, places, rounding):
    if "TIME_WINDOW" not in text.tables:
        return [ALWAYS] * places
    rows = text.rows("TIME_WINDOW", places, 2)
    for number, (opens, closes) in enumerate(rows, start=1):
        if opens > closes:
            raise text.wrong("TIME_WINDOW", f"row {number} closes at {closes:g} before it opens at {opens:g}")
    return [tuple(int(value) for value in rounding.whole(row)) for row in rows]


def _staff(text, depots, windows, places, rounding):
    """The vehicles as staff (k1, k2 ...) and their capacities."""
    count = text.count("VEHICLES", places - depots)
    homes = [int(home) - 1 for home in text.per_item("VEHICLES_DEPOT", count, 1)]
    if any(not 0 <= home < depots for home in homes):
        raise text.wrong("VEHICLES_DEPOT", f"expected depots 1 to {depots}")

    def limits(keyword):
        if keyword not in text.values and keyword not in text.tables:
            return [None] * count
        return [int(rounding.whole(value)) for value in text.per_item(keyword, count)]

    longest = limits("VEHICLES_MAX_DURATION")
    if "DISTANCE" in text.values:  # CVRPLIB: a route's length, service included
        longest = limits("DISTANCE")
    farthest = limits("VEHICLES_MAX_DISTANCE")
    staff = tuple(
        Staff(f"k{i + 1}", homes[i], homes[i], windows[homes[i]], max_duration=longest[i], max_drive=farthest[i])
        for i in range(count)
    )
    if "CAPACITY" not in text.values and "CAPACITY" not in text.tables:
        return staff, {}
    bounds = text.per_item("CAPACITY", count)
    return staff, {person.id: int(bound) for person, bound in zip(staff, bounds, strict=True)}


def _skills(text, staff, depots, places):
    """Staff with skills, and the skills that each place needs."""
    if "VEHICLES_ALLOWED_CLIENTS" not in text.tables:
        return staff, [frozenset()] * places
    allowed = [{int(n) - 1 for n in row} for row in text.rows("VEHICLES_ALLOWED_CLIENTS", len(staff))]
    if any(not depots <= place < places for row in allowed for place in row):
        raise text.wrong("VEHICLES_ALLOWED_CLIENTS", f"expected clients {depots + 1} to {places}")
    keepers = [frozenset(i for i, row in enumerate(allowed) if place in row) for place in range(places)]
    kept = sorted({group for group in keepers[depots:] if len(group) < len(staff)}, key=sorted)
    names = {group: f"site-{number}" for number, group in enumerate(kept, start=1)}
    held = [frozenset(name for group, name in names.items() if i in group) for i in range(len(staff))]
    able = tuple(
        Staff(p.id, p.start, p.end, p.shift, skills, max_duration=p.max_duration, max_drive=p.max_drive)
        for p, skills in zip(staff, held, strict=True)
    )
    return able, [frozenset({names[group]} if group in names else ()) for group in keepers]


def _visits(text, depots, windows, skills, places, rounding):
    """Visits named by their place counted from 0, and the visit of each place."""
    demand = [0] * places
    if "DEMAND" in text.tables:
        demand = [row[0] for row in text.rows("DEMAND", places, 1)]
        if any(value < 0 or value != int(value) for value in demand):
            raise text.wrong("DEMAND", "expected whole numbers of at least 0")
    service = rounding.whole(text.per_item("SERVICE_TIME", places, 0))
    prize = rounding.whole(text.per_item("PRIZE", places, 0))
    visits, numbered = [], {}
    for group in _groups(text, depots, places, demand, service, prize):
        place = group[0]
        visits.append(
            Visit(
                id=str(place),
                location=place,
                service=int(service[place]),
                windows=tuple(sorted(windows[other] for other in group)),
                skills=skills[place],
                prize=int(prize[place]),
                required=prize[place] == 0,
                demand=int(demand[place]),
            )
        )
        numbered |= dict.fromkeys(group, str(place))
    return tuple(visits), numbered


def _groups(text, depots, places, *same):
    """Clients, those that are alternatives of one another together. Alternatives must differ in their window alone."""
    groups = [
        [int(number) - 1 for number in row[1:]]
        for row in text.tables.get("MUTUALLY_EXCLUSIVE_GROUP", ())
        if len(row) > 2
    ]
    grouped = [place for group in groups for place in group]
    if len(set(grouped)) < len(grouped) or any(not depots <= place < places for place in grouped):
        raise text.wrong("MUTUALLY_EXCLUSIVE_GROUP", "expected each client once at most, and no depot")
    points = text.tables.get("NODE_COORD")
    for group in groups:
        for values in (*same, *([[row[1:] for row in points]] if points else [])):
            if any(values[place] != values[group[0]] for place in group):
                message = f"clients {', '.join(str(place + 1) for place in group[:4])} differ in more than their window"
                raise text.wrong("MUTUALLY_EXCLUSIVE_GROUP", f"{message}: cannot be stated in the planning model")
    first = {group[0]: group for group in groups}
    return [first.get(place, [place]) for place in range(depots, places) if place in first or place not in grouped]


def _unit_cost(text, count):
    costs = set(text.per_item("VEHICLES_UNIT_DISTANCE_COST", count, 1))
    if len(costs) > 1:
        raise text.wrong("VEHICLES_UNIT_DISTANCE_COST", "differs between vehicles: cannot be stated in the model")
    return costs.pop() if costs else 1


def _distances(text, places):
    kind = text.values.get("EDGE_WEIGHT_TYPE", "EUC_2D").upper()
    if kind == "EXPLICIT":
        return _explicit(text, places)
    if kind not in ("EUC_2D", "EXACT_2D", "FLOOR_2D", "CEIL_2D"):
        raise text.wrong("EDGE_WEIGHT_TYPE", f"expected EUC_2D, FLOOR_2D, CEIL_2D or EXPLICIT, found {kind}")
    if "NODE_COORD" not in text.tables:
        raise text.wrong("NODE_COORD", "missing")
    straight = euclidean(text.rows("NODE_COORD", places, 2))
    if kind == "FLOOR_2D":
        return np.floor(straight)
    return np.ceil(straight) if kind == "CEIL_2D" else straight


def _explicit(text, places):
    layout = text.values.get("EDGE_WEIGHT_FORMAT", "").upper()
    numbers = np.array([number for row in text.tables.get("EDGE_WEIGHT", ()) for number in row])
    if layout == "FULL_MATRIX":
        if len(numbers) != places * places:
            raise text.wrong("EDGE_WEIGHT", f"expected {places * places} numbers, found {len(numbers)}")
        return numbers.reshape(places, places)
    if layout not in TRIANGLES:
        raise text.wrong("EDGE_WEIGHT_FORMAT", f"expected FULL_MATRIX or {', '.join(TRIANGLES)}, found {layout}")
    upper, diagonal = TRIANGLES[layout]
    where = np.triu_indices(places, 1 - diagonal) if upper else np.tril_indices(places, diagonal - 1)
    if len(numbers) != len(where[0]):
        raise text.wrong("EDGE_WEIGHT", f"expected {len(where[0])} numbers, found {len(numbers)}")
    matrix = np.zeros((places, places))
    matrix[where] = numbers
    return np.maximum(matrix, matrix.T)
