"""Calls of the API and of the layers made up from their own descriptions: every operation, by everybody, with ids that
exist and ids that do not. No fault of ours, no answer that the description does not know, and nothing of another
organisation.

The same calls in every run; EXAMPLES_FACTOR=20 makes so many times more, and new ones. They are made up once and asked
by everybody in turn: each caller begins at another one, so that few of each still ask for all of it.
"""

import gzip
import os
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice, repeat

import pytest
import requests
import schemathesis
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from accounts.credentials.keys import revoke_key
from accounts.models import ApiKey
from accounts.models.credentials import KEY_SCOPES
from accounts.permissions import Role
from accounts.tests.api_keys import make_key

from .doors import address, names
from .test_foreign_things import leaks, mark_things

FACTOR = int(os.environ.get("EXAMPLES_FACTOR", "1"))
# Calls of each operation. Whoever gets further is asked more.
CALLS = {"everybody": 5, "outsider": 3, "platform": 2, "anonymous": 1, "nobody": 1} | {role.value: 1 for role in Role}
# Programs: a key with all rights of its maker, one with one right, one of the other organisation, and such as cannot be
# used (revoked, expired, from outside its network), in turn.
CALLS |= {"key": 3, "narrow key": 1, "outsider key": 2, "dead keys": 1}
# A call that answers with a page of its own (documentation) or only while something runs.
LEFT_OUT = re.compile(r"^/api/(v1/(schema/|docs/|postman\.json))?$")
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


# What is below each address, and where it is described.
DESCRIBED = {"": "/api/v1/schema/?format=json", "/ogc": "/ogc/api?f=json"}
MOST_CALLS = max(CALLS.values())


class _Undo(Exception):
    pass


@dataclass
class MadeUp:
    """An operation, the whole of its path, and calls of it: (case, whether it asks for a thing that exists)."""

    operation: object
    path: str
    base: str
    calls: list


@pytest.fixture(scope="module")
def kept():
    return {}


@pytest.fixture
def made_up(world, api_client_as, kept) -> list[MadeUp]:
    """Every operation that the portal describes: the same for everybody, so it is read and made up once."""
    if not kept:
        viewer = api_client_as("viewer")
        documents = {base: schemathesis.openapi.from_dict(viewer.get(path).json()) for base, path in DESCRIBED.items()}
        found = [(base, result.ok()) for base, each in documents.items() for result in each.get_all_operations()]
        kept["operations"] = [
            MadeUp(operation, base + operation.path, base, calls_of(operation))
            for base, operation in found
            if not LEFT_OUT.match(base + operation.path)
        ]
    return kept["operations"]


def calls_of(operation) -> list:
    """Some that the description allows, and some that it does not."""
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    cases, calls = st.one_of(operation.as_strategy(mode) for mode in modes), []

    @settings(
        max_examples=MOST_CALLS * FACTOR,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=cases, takes_known=st.booleans())
    def make_up(case, takes_known):
        calls.append((case, takes_known))

    make_up()
    return calls


@pytest.fixture
def headers_of(world, make_user, api_client_as, organisation):
    """`headers_of("planner")`: what this caller sends along, again and again."""

    def headers(caller):
        if caller == "anonymous":
            return repeat({})
        if "key" in caller:
            return cycle([{"Authorization": f"Api-Key {text}"} for text in keys_of(caller, world, make_user)])
        one = api_client_as(*Role) if caller == "everybody" else api_client_as(user=world.people[caller])
        return repeat({"Authorization": one._credentials["HTTP_AUTHORIZATION"]})

    return headers


def keys_of(caller, world, make_user) -> list[str]:
    everything = [scope.value for scope in KEY_SCOPES]
    if caller == "outsider key":
        stranger = world.people["outsider"]
        return [make_key(stranger, stranger.memberships.get().organisation, scopes=everything)[1]]
    maker = make_user(roles=list(Role))
    own = maker.memberships.get().organisation
    if caller != "dead keys":
        return [make_key(maker, own, scopes=everything if caller == "key" else ["areas.view"])[1]]
    elsewhere, now = ["203.0.113.0/24"], timezone.now()
    revoked, text = make_key(maker, own, scopes=everything)
    revoke_key(key=revoked, by=maker)
    expired, text_of_expired = make_key(maker, own, scopes=everything)
    past = {"created_at": now - timedelta(days=2), "expires_at": now - timedelta(days=1)}
    ApiKey.objects.filter(pk=expired.pk).update(**past)
    return [text, text_of_expired, make_key(maker, own, scopes=everything, networks=elsewhere)[1]]


def known_paths(world) -> list[str]:
    """Addresses for programs with ids of things that exist."""
    paths = (address(world, name).partition("?")[0] for name in names())
    return [path for path in paths if path.startswith(("/api/", "/ogc/"))]


def known_arguments(path, paths) -> dict | None:
    """Values for the braces of an operation's path, taken from an address that exists; None where it has none."""
    pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
    return next((found.groupdict() for each in paths if (found := pattern.fullmatch(each))), None)


@pytest.mark.parametrize("caller", CALLS)
def test_whatever_is_asked_is_answered_as_described(world, made_up, headers_of, caller):
    mark_things(world)
    sent, statuses = headers_of(caller), Counter()
    paths, number, first = known_paths(world), CALLS[caller] * FACTOR, list(CALLS).index(caller)
    for each in made_up:
        known = known_arguments(each.path, paths)
        for case, takes_known in islice(cycle(each.calls), first, first + number):
            arguments = dict(known) if known and (takes_known or number < 3) else None
            statuses[call(each, case, arguments, sent, world if caller in STRANGERS else None)] += 1
    assert sum(statuses.values()) > 50, statuses
    if caller in ENTITLED:
        # Otherwise the calls ended at the door.
        assert statuses["2"] > 20, statuses
    if caller == "dead keys":
        # Signing out of nothing is done at once, whoever asks.
        assert statuses["2"] <= 1, statuses


def send(case, base, headers) -> schemathesis.Response:
    """The answer to a made-up call, through Django's own test client: in this thread, and in the test's transaction."""
    made = requests.Request(**case.as_transport_kwargs(base_url=f"http://testserver{base}")).prepare()
    sent = {name: value for name, value in made.headers.items() if name not in ("Content-Type", "Content-Length")}
    body = made.body.encode() if isinstance(made.body, str) else made.body or b""
    path = made.url.removeprefix("http://testserver")
    kind = made.headers.get("Content-Type", "application/octet-stream")
    answer = Client(raise_request_exception=False).generic(made.method, path, body, kind, headers=sent | headers)
    content = b"" if getattr(answer, "is_async", False) else answer.getvalue()
    if answer.get("Content-Encoding") == "gzip":
        # The made-up calls accept it, as every client does; what is looked at is what was said.
        content = gzip.decompress(content)
    told = {name: [value] for name, value in answer.items()}
    return schemathesis.Response(answer.status_code, told, content, made, 0.0, verify=False)


ENTITLED = ("everybody", "key")
STRANGERS = ("outsider", "outsider key", "dead keys", "anonymous", "nobody", "platform")


def call(of, case, arguments, headers, world) -> str:
    """Ask once, and look at the answer; its status in hundreds. `arguments`: of a thing that exists. `world`: whose
    things must not be found; None for members.
    """
    # The next caller finds the call as it was made up.
    case.path_parameters, made_up = arguments or case.path_parameters, case.path_parameters
    # Limits have tests of their own.
    cache.clear()
    try:
        with transaction.atomic():
            answer = send(case, of.base, next(headers))
            raise _Undo
    except _Undo:
        said = f"{case.method} {of.base}{case.formatted_path}: {answer.status_code} {answer.text[:500]}"
    assert answer.status_code < 500, said
    if world is not None:
        assert not leaks(answer.text, world), said
    case.validate_response(answer, checks=CHECKS)
    case.path_parameters = made_up
    return str(answer.status_code)[0]


def test_the_description_knows_every_address_of_the_api(world, made_up):
    assert len(made_up) > 70
    templates = [re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each.path))) for each in made_up]
    missing = [path for path in known_paths(world) if not any(each.fullmatch(path) for each in templates)]
    assert [path for path in missing if not LEFT_OUT.match(path)] == []
