"""Rows that many tests begin with, made once for consecutive tests that ask for them.

    @pytest.fixture
    @shared
    def team(organisation):
        return make.team(organisation)

A test finds exactly the rows that it asks for, as without `shared`: each such fixture is a transaction of its own, in
which the next one and finally the test's are nested. What a test writes is taken back with its own transaction; what
its successor did not ask for is taken back before it begins. Each test gets copies of the objects, so that none sees
what another one did to them.

The function may ask for other shared fixtures, for `db` and for `tmp_path_factory`, and for nothing else: it runs
before the other fixtures of the test, and would not see what they patch. Tests with real transactions make the rows
for themselves.
"""

import copy
import functools
import inspect
from dataclasses import dataclass

from django.db import connection, transaction

ALLOWED = {"db", "tmp_path_factory"}
TRANSACTIONAL = {"transactional_db", "django_db_reset_sequences", "live_server"}


def shared(build, *, alone=True):
    """Marks the function of a fixture (see the module's text)."""

    @functools.wraps(build)
    def fixture(**arguments):
        return layers.copied(build) if layers.hold(build) else build(**arguments)

    fixture.shared_build, fixture.alone = build, alone
    return fixture


def shared_on_demand(build):
    """Like `shared`, where the rows are so few that only other shared fixtures are a reason to keep them."""
    return shared(build, alone=False)


@dataclass
class Layer:
    build: object
    value: object
    block: transaction.Atomic


class Layers:
    """The open transactions around the test that runs, the outermost first."""

    def __init__(self):
        self.open: list[Layer] = []
        self.copies: dict = {}

    def prepare(self, request) -> None:
        """Open what the test asks for and close everything else; called before its own transaction begins."""
        item = request.node
        wanted = [] if _is_transactional(item) else _wanted(item)
        builds = [fixture.shared_build for fixture in wanted]
        kept = 0
        while kept < min(len(builds), len(self.open)) and self.open[kept].build is builds[kept]:
            kept += 1
        self.leave(keep=kept)
        for build in builds[kept:]:
            self._enter(build, request)
        self.copies = {}

    def leave(self, *, keep: int = 0) -> None:
        """Take the rows of all but the outermost `keep` back."""
        while len(self.open) > keep:
            _undo(self.open.pop().block)

    def hold(self, build) -> bool:
        return any(layer.build is build for layer in self.open)

    def copied(self, build):
        """A copy of what the function returned; an object of several fixtures is one object in the copies, too."""
        value = next(layer.value for layer in self.open if layer.build is build)
        return copy.deepcopy(value, self.copies)

    def _enter(self, build, request) -> None:
        block = transaction.atomic()
        # As in a test: code that insists on the outermost transaction may run in it.
        block._from_testcase = True
        block.__enter__()
        try:
            value = build(**{name: self._argument(name, request) for name in _arguments(build)})
            # Every test would otherwise check the foreign keys of these rows again.
            connection.check_constraints()
        except BaseException:
            _undo(block)
            raise
        self.open.append(Layer(build, value, block))

    def _argument(self, name, request):
        if name == "db":  # it is there, and has no value
            return None
        if name in ALLOWED:
            return request.getfixturevalue(name)
        build = _fixture(request.node, name).shared_build
        return next(layer.value for layer in self.open if layer.build is build)


layers = Layers()


def _undo(block) -> None:
    transaction.set_rollback(True)
    block.__exit__(None, None, None)


def _arguments(build) -> list[str]:
    return list(inspect.signature(build).parameters)


def _fixture(item, name):
    """The function of the fixture that the test means by this name; None where there is none."""
    definitions = item._fixtureinfo.name2fixturedefs.get(name)
    return definitions[-1].func if definitions else None


def _is_transactional(item) -> bool:
    marker = item.get_closest_marker("django_db")
    by_mark = marker is not None and (marker.args[:1] == (True,) or marker.kwargs.get("transaction", False))
    return by_mark or bool(TRANSACTIONAL & set(item.fixturenames))


def _wanted(item) -> list:
    """The shared fixtures of the test, each after those that it needs."""
    found: list = []

    def add(name, user):
        fixture = _fixture(item, name)
        if not hasattr(fixture, "shared_build"):
            raise TypeError(f"{user}: a shared fixture cannot ask for {name}, which is not shared")
        if fixture in found:
            return
        for other in _arguments(fixture.shared_build):
            if other not in ALLOWED:
                add(other, name)
        found.append(fixture)

    for name in sorted(item.fixturenames):
        if getattr(_fixture(item, name), "alone", False):
            add(name, item.nodeid)
    return found
