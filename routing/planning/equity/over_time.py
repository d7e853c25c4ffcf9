"""Days deferred over four weeks, so that a rule which is fair day by day is not an unfair month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from .coverage import coverage_by_group

FOUR_WEEKS = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Deferral:
    """A visit that was due: its weight > 0, the civil day it fell due, days it was (or has been) put off, and the names
    of its groups (quintile, PLUS groups, area).
    """

    weight: float
    due: date
    days: int
    groups: frozenset


def deferred_days(visits: Iterable[Deferral], until: date, span: timedelta = FOUR_WEEKS) -> Mapping:
    """D_g = sum of w_i d_i / sum of w_i in days, by group, over visits that fell due in `span` up to `until` inclusive.

    None for groups that are hidden: few visits, few that were put off or were not, or what would give those away.
    """
    recent = [visit for visit in visits if until - span < visit.due <= until]
    if any(visit.days < 0 or not visit.weight > 0 for visit in recent):
        raise ValueError("days deferred are at least 0 and weights above 0")
    names = sorted({name for visit in recent for name in visit.groups}, key=str)
    if not names:
        return {}
    weights = np.array([visit.weight for visit in recent])
    days = np.array([visit.days for visit in recent], dtype=float)
    rows = {name: np.array([name in visit.groups for visit in recent]) for name in names}
    shown = coverage_by_group(weights, days == 0, rows, leaves=True)
    return {
        name: None if shown[name].coverage is None else float(np.average(days[rows[name]], weights=weights[rows[name]]))
        for name in names
    }
