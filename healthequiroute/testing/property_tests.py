"""How many examples property tests try."""

import os

from hypothesis import HealthCheck, settings


def examples(number: int) -> settings:
    """Settings of a property test: half as many examples while all tests run; EXAMPLES_FACTOR=20 in the environment
    looks longer than such a run has time for.
    """
    return settings(
        max_examples=max(4, round(number * float(os.environ.get("EXAMPLES_FACTOR", "0.5")))),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
