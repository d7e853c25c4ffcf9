"""Makes the calls of `calls.py` at a portal and says what came: for the test that holds them, and for recording.

Knows nothing of Django: it is a client like any other.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from .calls import CALLS, Call

ANSWERS = Path(__file__).with_name("answers.json")
JSON_TYPES = ("application/json", "application/geo+json", "application/problem+json")
# As much of an answer as somebody reads in a document.
MOST_ELEMENTS, MOST_TEXT, MOST_TRIES = 2, 600, 1_000
_BRACES = re.compile(r"\{(\w+)\}")
# Members named by a date, class, code or reference of a person.
NAMED_BY_DAY = re.compile(r"[0-9-]+|[EW]\d{8}|[A-Za-z]+-[\w-]*\d+|[A-Z]\w+( [A-Z]\w+)+")
# Lists that hold what a search has found, left out, moved or had to give up, if anything.
FOUND_OR_NOT = frozenset(
    {
        *("alternatives", "flags", "left_out", "lowest_group", "moved", "notes", "others", "relaxed", "rivals"),
        *("shifted", "trace", "unserved"),
    }
)


@dataclass(frozen=True)
class Answered:
    """`path` (the arguments), `query` and `sent` as they went out; `body`: what came, read where it is JSON."""

    call: Call
    path: dict
    query: dict
    sent: dict | None
    status: int
    kind: str
    body: object
    etag: str


def filled(value, known: dict[str, str]):
    """`value` with what stands in braces taken from `known`. A text that is nothing but braces keeps the kept type."""
    if isinstance(value, dict):
        return {key: filled(each, known) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    if whole := _BRACES.fullmatch(value):
        return known[whole[1]]
    return _BRACES.sub(lambda found: str(known[found[1]]), value)


def kept(body, where: str):
    """What stands at `where` of an answer (see Call.keeps)."""
    name, sign, place = where.partition("#")
    if sign:
        return [each[name] for each in body if each[name]][int(place)]
    for part in where.split("."):
        name, sign, measure = part.partition(">")
        if sign:
            body = max(body[name], key=lambda each, by=measure: each[by])
        else:
            body = body[int(part)] if part.isdigit() else body[part]
    return body


def run(
    base: str, document: dict, tokens: dict[str, str], known: dict[str, str], pause: Callable
) -> Iterator[Answered]:
    """All calls one after the other. `tokens`: by demo account. `known`: what braces may mean from the beginning;
    `pause()` is called before something is asked again.
    """
    session, paths = requests.Session(), paths_of(document)
    for call in CALLS:
        method, template = paths[call.operation]
        path = filled(call.path, known)
        for _ in range(MOST_TRIES):
            answered = _made(session, call, method, base + filled(template, path), path, tokens, known)
            if call.until is None or answered.status != call.status or _is_reached(answered, call.until):
                break
            pause()
        if answered.status == call.status:
            known.update({name: _kept(answered, where) for name, where in call.keeps.items()})
        yield answered


def _kept(answered, where):
    return answered.etag if where == "ETag" else kept(answered.body, where)


def _is_reached(answered, until) -> bool:
    return answered.body[until[0]] == until[1]


def _made(session, call, method, url, path, tokens, known) -> Answered:
    query, sent = filled(call.query, known), filled(call.sends, known)
    headers = {"Authorization": f"Bearer {tokens[call.as_]}"} if call.as_ else {}
    if call.if_match:
        headers["If-Match"] = filled(call.if_match, known)
    response = session.request(method, url, params=query, json=sent, headers=headers, timeout=120)
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    body = response.json() if kind in JSON_TYPES else response.text
    return Answered(call, path, query, sent, response.status_code, kind, body, response.headers.get("ETag", ""))


def paths_of(document: dict) -> dict[str, tuple[str, str]]:
    """Id of an operation -> its method and path."""
    return {
        operation["operationId"]: (method.upper(), path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


SECRETS = {"access": "eyJhbGciOiJIUzI1NiI...", "refresh": "eyJhbGciOiJIUzI1NiI...", "password": "correct horse battery"}


def as_example(answered: Answered) -> dict:
    """What the document shows of a call: short, and without secrets."""
    return {
        "path": answered.path,
        "query": answered.query,
        "sent": _without_secrets(answered.sent),
        "status": answered.status,
        "kind": answered.kind,
        "answer": _without_secrets(shortened(answered.body)),
    }


def _without_secrets(value):
    if isinstance(value, dict):
        return {key: SECRETS.get(key) or _without_secrets(each) for key, each in value.items()}
    return value


def shortened(value, most: int = MOST_ELEMENTS):
    """The first elements of lists, the beginning of texts."""
    if isinstance(value, dict):
        return {key: shortened(each, most) for key, each in value.items()}
    if isinstance(value, list):
        # A ring of coordinates has to be closed to be one: three digits of it say as much as a thousand.
        return [shortened(each, most) for each in value[:most]]
    if isinstance(value, str) and len(value) > MOST_TEXT:
        return value[:MOST_TEXT] + "…"
    return value


def recorded() -> dict[str, dict]:
    """By id of the operation."""
    return json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}


def differences(example, found, where="") -> list[str]:
    """Where the answer has another form than the recorded one: members that are gone, lists that are empty, values of
    another kind. Nothing (null) fits everything: it means that there is no value.

    Lists hold things of several kinds (visits and breaks) in an order of their day: each recorded element has to be
    like some element that came.
    """
    if example is None or found is None:
        return []
    if isinstance(example, dict):
        if not isinstance(found, dict):
            return [f"{where}: no object any more"]
        return [line for key, value in example.items() for line in _member(value, found, key, where)]
    if isinstance(example, list):
        if not isinstance(found, list):
            return [f"{where}: no list any more"]
        if example and not found:
            return [] if where.rpartition("/")[2] in FOUND_OR_NOT else [f"{where}: is empty"]
        return [line for place, each in enumerate(example) for line in _likest(each, found, f"{where}/{place}")]
    same = isinstance(found, type(example)) or {type(example), type(found)} <= {int, float}
    return [] if same else [f"{where}: {type(example).__name__} became {type(found).__name__}"]


def _member(value, found, key, where):
    if key in found:
        return differences(value, found[key], f"{where}/{key}")
    others = [found[each] for each in found if NAMED_BY_DAY.fullmatch(each)]
    if not NAMED_BY_DAY.fullmatch(key):
        return [f"{where}/{key}: is gone"]
    # Which days, classes, codes or people there are depends on the day; what is said of each does not.
    return _likest(value, others, f"{where}/{key}")


def _likest(example, found: list, where: str) -> list[str]:
    """The differences from whichever comes closest. None where there is nothing to compare with."""
    return min((differences(example, each, where) for each in found), key=len, default=[])
