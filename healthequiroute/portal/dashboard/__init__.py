"""The figures of a patch and a period, with what they are compared with and how they went.

periods     a week, four weeks, a quarter: whole weeks from Monday on
versions    what the visits of each team and period follow from, so that figures are kept until it changes
visits      numbers of visits: sums of figures that routing.equity_reading publishes, never of visits themselves
reach       which areas a visit was planned in
figures     everything of a dashboard together
heatmap     how many areas have which class, by deprivation or local authority
news        what changed since somebody last looked

Whoever may not see plans gets the figures about areas alone. docs/dashboard.md says how each figure is counted.
"""

from .figures import Dashboard, dashboard
from .heatmap import HeatMap, heat_map
from .periods import Span, WholeWeeks

__all__ = ["Dashboard", "HeatMap", "Span", "WholeWeeks", "dashboard", "heat_map"]
