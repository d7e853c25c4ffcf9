"""A portal that makes life hard for browser journeys, to find those that only pass on a fast and idle machine.

`HOSTILE=SEED` (any number) before a run of the browser tests switches it on; the same number gives the same trouble:

* each page computes four times as slowly (`HOSTILE_CPU` for another factor), and each answer comes late, some much
  later than those asked for after them;
* each plan and week is searched with another seed, so that other people have the first visit, or none;
* journeys run in another order.

`settings` are the portal's settings with the two parts of this package; `healthequiroute.tests.browser.conftest` does
the rest. It is for developers: the build runs the journeys without it.
"""

import os


def seed() -> int | None:
    """The number that decides what happens; None: nothing out of the ordinary does."""
    number = os.environ.get("HOSTILE", "")
    return int(number) if number else None


def cpu_factor() -> float:
    """How many times as slowly pages compute."""
    return float(os.environ.get("HOSTILE_CPU", "4"))
