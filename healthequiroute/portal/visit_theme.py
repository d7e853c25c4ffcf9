"""The map's theme "visits planned": by area, under the small-number rule, for people who may see plans.

Figures are those that the equity of each team publishes over a week or four weeks up to the present one; areas where a
team's figure is hidden are one class, whatever the reason, so that it does not tell small numbers from protected ones.
"""

from dataclasses import replace

import numpy as np
from django.db.models import Max

from accounts.access import allowed, request_organisation
from accounts.permissions import Permission
from accounts.small_numbers import Count
from lsoa.models import Area
from routing.models import Team

from .dashboard.periods import Span, WholeWeeks
from .dashboard.versions import WorkVersions
from .dashboard.visits import planned_by_area
from .query import DEFAULT_THEME, PriorityQuery
from .selection import Selection

SPANS = {"visits": Span.FOUR_WEEKS, "visits-week": Span.WEEK}
# Upper ends of the classes of shown numbers.
BOUNDS = (10, 25)


def permitted(request, query: PriorityQuery) -> PriorityQuery:
    """The query, with the plain theme where this one is not for its reader."""
    if query.theme not in SPANS or allowed(request.user, Permission.VIEW_PLANS, request_organisation(request)):
        return query
    return replace(query, theme=DEFAULT_THEME)


class PlannedVisits:
    """Of the organisation's teams, over the weeks of a theme."""

    def __init__(self, query: PriorityQuery, selection: Selection):
        self.weeks = WholeWeeks.until(SPANS[query.theme])
        self._organisation = selection.organisation
        self._teams = list(Team.objects.for_organisation(self._organisation).select_related("organisation"))
        self._versions = WorkVersions(self._organisation, self._teams, self.weeks.first_day, self.weeks.last_day)

    @property
    def version(self) -> str:
        told = [self._versions.of(team, part) for team in self._teams for part in self.weeks.parts]
        return f"{self.weeks.monday}:{':'.join(told)}"

    def by_code(self) -> dict[str, Count]:
        """Areas with any visit due; all others have none."""
        return planned_by_area(self._teams, self.weeks, self._versions)

    def classes(self) -> np.ndarray:
        """uint8 by area index: place in themes.VISIT_LABELS."""
        size = (Area.objects.current().aggregate(last=Max("index"))["last"] or -1) + 1
        values = np.zeros(size, dtype=np.uint8)
        found = self.by_code()
        index = dict(Area.objects.current().filter(code__in=found).order_by().values_list("code", "index"))
        for code, count in found.items():
            if code in index:
                values[index[code]] = class_of(count)
        return values


def class_of(count: Count) -> int:
    if count.is_hidden:
        return 1
    return 0 if not count.shown else 2 + sum(count.shown > bound for bound in BOUNDS)
