"""Loads for tests: the three made-up areas, and a short way to load a path."""

import shutil
from contextlib import contextmanager

import pytest

from accounts.audit import SystemActor
from healthequiroute.testing.shared import shared
from lsoa.derivations import Derivation
from lsoa.loading import hooks
from lsoa.services import load_paths
from lsoa.sources import tables

from . import published

LOADER = SystemActor("test")


@pytest.fixture
def no_map(monkeypatch):
    """Boundaries without what follows from them (map tiles have their own tests)."""
    monkeypatch.setattr(hooks, "_after_boundaries", [])


@pytest.fixture
def load(db, no_map):
    """`load(path, ...)` -> outcomes; one path gives one outcome, whatever is derived from it."""

    return load_files


def load_files(*paths, **options):
    outcomes = [outcome for outcome in load_paths(paths=paths, by=LOADER, **options) if not outcome.derived]
    of_files = [outcome for outcome in outcomes if not isinstance(outcome.source, Derivation)]
    return of_files[0] if len(of_files) == 1 else outcomes


@pytest.fixture
def small_nation(monkeypatch):
    """Three areas count as all of England, so that unknown codes are mistakes."""
    monkeypatch.setattr(tables, "NATIONAL_AREAS", 3)


@contextmanager
def without_map():
    """`no_map` for fixtures that are shared."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hooks, "_after_boundaries", [])
        yield


@contextmanager
def three_areas():
    """`no_map` and `small_nation` for fixtures that are shared."""
    with without_map(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(tables, "NATIONAL_AREAS", 3)
        yield


@pytest.fixture
@shared
def loaded_boundaries(db, tmp_path_factory):
    """The file of the three areas, and the outcome of its load as the nation's boundaries."""
    path = published.boundaries(tmp_path_factory.mktemp("nation") / "boundaries.geojson.gz")
    with three_areas():
        return path, load_files(path)


@pytest.fixture
def boundaries(loaded_boundaries, no_map, small_nation, tmp_path):
    """The three areas, loaded as the nation's boundaries; their file is in the test's folder."""
    path, outcome = loaded_boundaries
    shutil.copy(path, tmp_path)
    return outcome
