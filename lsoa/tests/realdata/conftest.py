"""The published files themselves, where ../shared/data is: everything is loaded once for all tests of this package.

    pytest lsoa/tests/realdata

The load is one transaction that is taken back at the end; each test sees it and takes back its own changes.
"""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts.audit import SystemActor
from lsoa.loading import hooks
from lsoa.services import load_paths

DATA = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.realdata)
            item.add_marker(pytest.mark.skipif(not DATA.is_dir(), reason=f"published files are not at {DATA}"))


@pytest.fixture(scope="package")
def england(django_db_setup, django_db_blocker):
    """Outcomes of the load of every published file, by path below the directory of the published files."""
    with django_db_blocker.unblock():
        after_boundaries, hooks._after_boundaries = hooks._after_boundaries, []
        try:
            with transaction.atomic():
                outcomes = load_paths(paths=[DATA], by=SystemActor("test"))
                # Every test would otherwise check the foreign keys of the whole load again.
                connection.check_constraints()
                yield {outcome.path: outcome for outcome in outcomes}
                transaction.set_rollback(True)
        finally:
            hooks._after_boundaries = after_boundaries


@pytest.fixture(autouse=True)
def _own_changes_only(england, db):
    """What a test writes is taken back after it."""
