"""Every address x every role, held against the readable table in `access_matrix.txt`.

A cell says what a person of that column meets at that address:
    in    is sent to sign in (pages) or told to bring a token (API)
    yes   gets in: the answer is neither a refusal nor a fault (a form with errors counts as in)
    no    403: this needs a role they do not have
    hid   404: it is not theirs to see
An address that is missing from the table fails the run, and so does a row whose address no longer exists.
"""

import re
from copy import deepcopy
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.permissions import Role
from accounts.tests.sessions import sign_in
from healthequiroute.testing.shared import shared

from .people_and_things import build_world, keep_effect

TABLE = Path(__file__).with_name("access_matrix.txt")
# The Django admin and its app lists are one rule: platform administrators only. Tested below, not row by row.
NAMESPACES_BY_RULE = {"admin"}
# The whole table takes minutes: in parts, so that several processes share it.
PARTS = 6


def rows():
    lines = [line for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    columns = lines[0].split()[2:]
    for line in lines[1:]:
        method, name, *cells = line.split()
        assert len(cells) == len(columns), f"{name}: {len(cells)} cells for {len(columns)} columns"
        yield method, name, dict(zip(columns, cells, strict=True))


def named_patterns(resolver=None, namespace=""):
    """(qualified name, pattern) of every address; unnamed ones are named after their route."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from named_patterns(entry, entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            name = entry.name or f"unnamed:{entry.pattern}"
            yield f"{namespace}:{name}" if namespace else name, entry


def test_the_table_lists_every_address():
    existing = {name for name, _ in named_patterns() if name.split(":")[0] not in NAMESPACES_BY_RULE}
    listed = {name for _, name, _ in rows()}
    assert listed == existing


def test_every_column_is_a_role_or_explained():
    columns = next(rows())[2].keys()
    assert set(columns) == {role.value for role in Role} | {"anonymous", "nobody", "outsider", "platform"}


@pytest.fixture
@shared
def world(db, organisation, other_organisation):
    return build_world(organisation=organisation, other_organisation=other_organisation)


@pytest.fixture
def cookies(world, organisation):
    """What the browser of each column holds: everybody signs in once, and comes to every address anew."""
    # The world is made once for all tests here, and the cache is emptied before each.
    keep_effect(organisation)
    return {column: signed_in(person) for column, person in world.people.items()}


def signed_in(person):
    client = Client()
    if person is not None:
        sign_in(client, person)
    return client.cookies


def outcome(response) -> str:
    if response.status_code == 401 or (
        response.status_code == 302 and re.search("/(accounts|admin)/login/", response["Location"])
    ):
        return "in"
    if response.status_code in (403, 404):
        return {403: "no", 404: "hid"}[response.status_code]
    # 503 is the readiness probe's honest word: no worker runs beside these tests.
    assert response.status_code in (503, *range(200, 500)), f"{response.status_code}: {response.content[:300]!r}"
    return "yes"


class _Undo(Exception):
    pass


def visit(world, cookies, method, name):
    """What one person meets. Whatever the visit changed is undone, so that the columns do not influence each other."""
    client = Client()
    client.cookies = deepcopy(cookies)
    address = reverse(name, kwargs=world.arguments(name))
    question = urlencode(world.question(name))
    found = []
    try:
        with transaction.atomic():
            if method == "GET":
                response = client.get(f"{address}?{question}" if question else address)
            else:
                response = client.generic(method, address, question, "application/x-www-form-urlencoded")
            if response.streaming and not getattr(response, "is_async", False):
                response.getvalue()
            found.append(outcome(response))
            raise _Undo
    except _Undo:
        return found[0]


@pytest.mark.parametrize("part", range(PARTS))
def test_who_gets_in(world, cookies, part):
    """A part of the table in each test: the world is built once for it, and the difference reads like the table."""
    wanted = list(rows())[part::PARTS]
    expected = [as_line(method, name, cells) for method, name, cells in wanted]
    seen = [
        as_line(method, name, {column: visit(world, cookies[column], method, name) for column in cells})
        for method, name, cells in wanted
    ]
    assert seen == expected


def as_line(method, name, cells) -> str:
    return f"{method} {name} " + " ".join(f"{column}={cell}" for column, cell in cells.items())


def admin_addresses():
    return sorted({name for name, _ in named_patterns() if re.fullmatch(r"admin:\w+_changelist|admin:index", name)})


def test_the_admin_is_for_platform_administrators_only(world, cookies):
    addresses = admin_addresses()
    assert len(addresses) > 20
    for column in world.people:
        let_in = {name for name in addresses if visit(world, cookies[column], "GET", name) == "yes"}
        assert let_in == (set(addresses) if column == "platform" else set()), column
