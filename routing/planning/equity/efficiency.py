"""The same day without equity: every visit counts the same, and no tier comes first."""

from dataclasses import replace

from routing.planning.problem import Problem

# What leaving any visit out costs, in seconds of travel: a day's drive, so that as many as possible are served.
EQUAL_PRIZE = 24 * 3600


def without_equity(problem: Problem) -> Problem:
    """Tiers gone and all prizes equal. Skills, windows, continuity and visits at their clinical limit stay: they are
    not a matter of equity.
    """
    visits = (replace(visit, tier=None, prize=EQUAL_PRIZE) for visit in problem.visits)
    return replace(problem, visits=tuple(visits))
