"""Disruptions from JSON, and the answer as JSON.

    {"now": 39600, "tolerance": 900, "events": [
        {"kind": "sick", "staff": "n1", "since": 39600},
        {"kind": "urgent", "visit": {...as in a problem...}, "duration_to": [...], "duration_from": [...],
         "profiles": {"foot": {"duration_to": [...], "duration_from": [...]}}},
        {"kind": "overrun", "visit": "v3", "until": 41400},
        {"kind": "no_access", "visit": "v4", "leaves": 39900},
        {"kind": "late", "staff": "n2", "until": 40500, "before": "v5"}]}

Times are integer seconds of the problem's clock. `since` and `leaves` are `now` where left out; `tolerance` is 900.
Rows to and from every place (`distance_to`, `distance_from` too where the problem has distances) are only for an urgent
visit at a place that the matrix does not have, whose `location` is the number of places so far. `profiles` has the same
for each travel profile of the problem.
"""

from routing.planning.fields import Fields, InputError, array, at, integer
from routing.planning.io import parse_visit, read_json, solution_json, verdict_json

from .disruption import TOLERANCE, Disruption, Late, NewLegs, NoAccess, Overrun, Sick, Urgent
from .search import Answer

ROWS = ("duration_to", "duration_from", "distance_to", "distance_from")


def load_disruption(path) -> Disruption:
    """The disruption of a file. Raises InputError."""
    return parse_disruption(read_json(path))


def parse_disruption(data) -> Disruption:
    """The typed disruption of parsed JSON. Raises InputError, which names the field, what it needs and what it has."""
    fields = Fields(data, "", ("now", "tolerance", "events"))
    return Disruption(
        now=fields.integer("now"),
        events=tuple(_event(item, f"events[{i}]") for i, item in enumerate(fields.array("events"))),
        tolerance=fields.integer("tolerance", TOLERANCE, least=0),
    )


def _event(data, path):
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind is not None and kind not in EVENTS:
        raise InputError(at(path, "kind"), f"expected one of {', '.join(EVENTS)}, found {kind!r}")
    if kind is None:
        raise InputError(at(path, "kind"), f"missing; known are {', '.join(EVENTS)}")
    known, read = EVENTS[kind]
    return read(Fields(data, path, ("kind", *known)))


def _sick(fields):
    return Sick(fields.identifier("staff"), fields.integer("since", None))


def _urgent(fields):
    path = fields.name("profiles")
    profiles = fields.get("profiles", {})
    known = Fields(profiles, path, tuple(profiles) if isinstance(profiles, dict) else ())
    by_profile = {name: NewLegs(**_rows(Fields(known.get(name), at(path, name), ROWS))) for name in known.value}
    return Urgent(parse_visit(fields.get("visit"), fields.name("visit")), **_rows(fields), profiles=by_profile)


def _rows(fields):
    return {key: _row(fields.get(key, None), fields.name(key)) for key in ROWS}


def _row(value, path):
    if value is None:
        return None
    return tuple(integer(leg, f"{path}[{i}]", least=0) for i, leg in enumerate(array(value, path)))


def _overrun(fields):
    return Overrun(fields.identifier("visit"), fields.integer("until"))


def _no_access(fields):
    return NoAccess(fields.identifier("visit"), fields.integer("leaves", None))


def _late(fields):
    before = fields.identifier("before") if fields.get("before", None) is not None else None
    return Late(fields.identifier("staff"), fields.integer("until"), before)


EVENTS = {
    "sick": (("staff", "since"), _sick),
    "urgent": (("visit", "profiles", *ROWS), _urgent),
    "overrun": (("visit", "until"), _overrun),
    "no_access": (("visit", "leaves"), _no_access),
    "late": (("staff", "until", "before"), _late),
}


def answer_json(answer: Answer) -> dict:
    """The mended plan in the contract's shape, the judge's verdict on it, who changes, and which visits move.

    `people`: everybody whose remaining day changes with the number of visits concerned; `others`: those of them who
    still work. `begun`: visits that stand, by staff id. `relaxed`: rules that could not be kept any more whatever is
    done; `judged` is by the rules without them, `judged_as_it_was` by the problem as it was. `not_stated`: what kept
    the engine from rearranging some days.
    """
    day, changes = answer.day, answer.changes
    return {
        "now": day.now,
        "plan": solution_json(answer.solution),
        "judged": verdict_json(answer.verdict),
        "judged_as_it_was": verdict_json(answer.original),
        "people": [{"staff": name, "visits": number} for name, number in changes.people.items()],
        "others": list(changes.others),
        "asked": list(answer.asked),
        "moved": [
            {"visit": move.visit, "kind": move.kind, "before": _starts(move.before), "after": _starts(move.after)}
            for move in changes.moves
        ],
        "called_off": list(day.called_off),
        "begun": {
            name: [stop.visit for stop in position.visits_begun]
            for name, position in day.positions.items()
            if position.visits_begun
        },
        "relaxed": list(day.relaxed),
        "not_stated": list(answer.not_stated),
    }


def _starts(starts):
    return [{"staff": name, "start": start} for name, start in sorted(starts.items())]
