"""Loads for tests: the three made-up areas, and a short way to load a path."""

import pytest

from accounts.audit import SystemActor
from lsoa.derivations import Derivation
from lsoa.loading import hooks
from lsoa.services import load_paths

from . import published

LOADER = SystemActor("test")


@pytest.fixture
def no_map(monkeypatch):
    """Boundaries without what follows from them (map tiles have their own tests)."""
    monkeypatch.setattr(hooks, "_after_boundaries", [])


@pytest.fixture
def load(db, no_map):
    """`load(path, ...)` -> outcomes; one path gives one outcome, whatever is derived from it."""

    def run(*paths, **options):
        outcomes = [outcome for outcome in load_paths(paths=paths, by=LOADER, **options) if not outcome.derived]
        of_files = [outcome for outcome in outcomes if not isinstance(outcome.source, Derivation)]
        return of_files[0] if len(of_files) == 1 else outcomes

    return run


@pytest.fixture
def small_nation(monkeypatch):
    """Three areas count as all of England, so that unknown codes are mistakes."""
    from lsoa.sources import tables

    monkeypatch.setattr(tables, "NATIONAL_AREAS", 3)


@pytest.fixture
def boundaries(load, small_nation, tmp_path):
    """The three areas, loaded as the nation's boundaries."""
    return load(published.boundaries(tmp_path / "boundaries.geojson.gz"))
