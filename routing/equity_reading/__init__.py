"""Equity of what was planned and done: which plans a period holds, what each of their visits got, and the measures.

periods       a plan, a week or four weeks of one team
facts         each visit of a period, once, and each person's work
measures      the figures of routing.planning.equity over a period, safe to show
published     counts, shares and intervals as they may leave
answers_kept  which groups of a period are hidden, for all processes

Weeks are whole weeks from Monday on, and four weeks are four of them: periods that could be shifted by a day would give
the small groups of that day away. For the same reason there is no total over teams.
"""

from .facts import NEED_WEIGHTS, VisitFact, need_of
from .measures import PeriodEquity, equity_of_period, prepare
from .periods import Period, PeriodKind, latest_day, week_of

__all__ = [
    "NEED_WEIGHTS",
    "Period",
    "PeriodEquity",
    "PeriodKind",
    "VisitFact",
    "equity_of_period",
    "latest_day",
    "need_of",
    "prepare",
    "week_of",
]
