"""At which visits of a team nobody opens more often: by the skill that the visit needs and the time of day at which
somebody came. Under the small-number rule, groups together: what one shows gives no other away.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from accounts.small_numbers import groups_to_hide
from insights.demand.repeats import Share, share_of
from routing.civil_time import LONDON
from routing.models import Visit, VisitRecord

from .demand_rows import DemandRows

NO_SKILL = "No particular skill"
# Upper bounds in hours of the local clock.
TIMES = (("Before 11:00", 11), ("11:00 to 14:00", 14), ("After 14:00", 24))
NOBODY, SOMEBODY = "nobody", "somebody"


@dataclass(frozen=True, slots=True)
class Group:
    """`share`: None where too few to be told."""

    by: str
    name: str
    share: Share | None

    @property
    def percent(self) -> str:
        return f"{self.share.value:.0%}"

    @property
    def range(self) -> str:
        return f"{self.share.low:.0%} to {self.share.high:.0%}"


def nobody_by(organisation, team_id, *, now) -> list[Group]:
    """Groups in a fixed order; empty without records of the last twelve weeks."""
    rows = DemandRows(organisation, now).records.filter(plan__team=team_id).order_by("visit_id", "pk")
    visits = {}
    for visit, outcome, arrived, finished in rows.values_list("visit_id", "outcome", "arrived_at", "finished_at"):
        visits[visit] = (outcome == VisitRecord.Outcome.NO_ACCESS, arrived or finished)
    if not visits:
        return []
    members = _members(organisation, visits)
    is_nobody = np.array([nobody for nobody, _ in visits.values()])
    asked = {}
    for key, rows in members.items():
        asked[(*key, NOBODY)], asked[(*key, SOMEBODY)] = rows & is_nobody, rows & ~is_nobody
    hidden = groups_to_hide(asked | {("all", NOBODY): is_nobody})
    return [
        Group(by, name, None if hidden & {(by, name, NOBODY), (by, name, SOMEBODY)} else _share(rows, is_nobody))
        for (by, name), rows in members.items()
    ]


def _share(rows, is_nobody) -> Share | None:
    return share_of(int((rows & is_nobody).sum()), int(rows.sum()))


def _members(organisation, visits) -> dict[tuple[str, str], np.ndarray]:
    skills = defaultdict(set)
    named = Visit.objects.for_organisation(organisation).filter(pk__in=visits, skills__isnull=False)
    for visit, name in named.order_by().values_list("pk", "skills__name"):
        skills[visit].add(name)
    names = sorted({name for held in skills.values() for name in held})
    members = {("Skill", name): np.array([name in skills[visit] for visit in visits]) for name in names}
    without = np.array([not skills[visit] for visit in visits])
    if without.any():
        members["Skill", NO_SKILL] = without
    times = [_time_of(at) for _, at in visits.values()]
    members |= {("Time of day", name): np.array([time == name for time in times]) for name, _ in TIMES}
    return {key: rows for key, rows in members.items() if rows.any()}


def _time_of(moment) -> str:
    hour = moment.astimezone(LONDON).hour
    return next(name for name, until in TIMES if hour < until)
