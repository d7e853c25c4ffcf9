"""Solomon's and Gehring-Homberger's layout: a name, a VEHICLE table, a CUSTOMER table with the depot as number 0."""

from routing.planning.fields import InputError
from routing.planning.problem import Problem, Staff, Visit

from .instance import Instance
from .rounding import euclidean, usual_rounding

COLUMNS = ("number", "x", "y", "demand", "ready time", "due date", "service time")


def is_solomon(lines) -> bool:
    """Whether a text has the two tables of the layout."""
    titles = {line.strip().upper() for line in lines[:20]}
    return {"VEHICLE", "CUSTOMER"} <= titles


def read_solomon(lines, path, rounding=None) -> Instance:
    """The instance of the lines of a file. Raises InputError naming the line."""
    rounding = rounding or usual_rounding("VRPTW")
    heads = {line.strip().upper(): number for number, line in enumerate(lines) if line.strip()}
    if "VEHICLE" not in heads or "CUSTOMER" not in heads:
        raise InputError(str(path), "expected a VEHICLE and a CUSTOMER table")
    fleet = [_numbers(lines, i, path, 2) for i in range(heads["VEHICLE"] + 2, heads["CUSTOMER"]) if lines[i].strip()]
    rows = [_row(lines, i, path) for i in range(heads["CUSTOMER"] + 2, len(lines)) if lines[i].strip()]
    if len(fleet) != 1:
        raise InputError(str(path), f"expected one line with number and capacity of vehicles, found {len(fleet)}")
    if [row[0] for row in rows] != list(range(len(rows))) or len(rows) < 2:
        raise InputError(str(path), "expected customers numbered 0 (the depot), 1, 2 ... in order")
    return _instance(fleet[0], rows, lines, path, rounding)


def _instance(fleet, rows, lines, path, rounding):
    times = [[int(value) for value in rounding.whole(row[4:7])] for row in rows]
    opens, closes, _ = times[0]
    staff = tuple(Staff(f"k{number}", start=0, end=0, shift=(opens, closes)) for number in range(1, int(fleet[0]) + 1))
    visits = tuple(
        Visit(str(number), number, service=service, windows=((ready, due),), demand=int(rows[number][3]))
        for number, (ready, due, service) in enumerate(times)
        if number
    )
    problem = Problem(
        staff=staff,
        visits=visits,
        duration=rounding.whole(euclidean([row[1:3] for row in rows])),
        capacity={person.id: int(fleet[1]) for person in staff},
    )
    name = next(line.strip() for line in lines if line.strip())
    numbered = {visit.location: visit.id for visit in visits}
    return Instance(name.upper(), "VRPTW", problem, rounding, numbered, path)


def _numbers(lines, index, path, count):
    words = lines[index].split()
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if len(values) != count:
        raise InputError(f"{path}, line {index + 1}", f"expected {count} numbers, found {lines[index].strip()!r}")
    return values


def _row(lines, index, path):
    values = _numbers(lines, index, path, len(COLUMNS))
    if values[4] > values[5]:
        raise InputError(f"{path}, line {index + 1}", f"ready time {values[4]:g} is after due date {values[5]:g}")
    if min(values[3], values[6]) < 0 or values[3] != int(values[3]):
        raise InputError(f"{path}, line {index + 1}", "expected a whole demand and a service time of at least 0")
    return values
