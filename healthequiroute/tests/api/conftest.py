import os

import pytest

from healthequiroute.testing.portal import Portal


@pytest.fixture(scope="package")
def portal(tmp_path_factory):
    """One of its own: the examples make plans, which other journeys must not find."""
    with Portal(database=f"test_her_api_{os.getpid()}", logs=tmp_path_factory.mktemp("portal")) as running_portal:
        yield running_portal
