"""Who is reached by a plan, at what burden, and at what price. NumPy only; nothing here decides a plan but
`lever` and `sharing`.

coverage       need-weighted coverage by group, Core20 ratio and gap, the worst-off group
inequality     Gini over areas, concentration index, Erreygers, horizontal inequity, slope and relative index
burden         travel, preferred windows, continuity and lateness by quintile
fairness       how the work lies on the staff
over_time      days deferred over four weeks
price          what equity costs in travel
report         the measures of one plan's visits together
efficiency     the same day without equity, for the price
sharing        the fullest day as short as the same visits allow
lever          a plan that covers Core20 at least as well as elsewhere

Arrays are one-dimensional with one entry per visit (area, person) unless a docstring says otherwise. Quintiles are 1
(most deprived, Core20) to 5; 0 stands for not known in arrays. Ranks are 0 for the most deprived. None means that a
figure is not defined or must not be shown, never 0. Which those are: accounts.small_numbers.
"""

from .burden import BurdenByQuintile, Journey, burden, journeys_of
from .coverage import (
    AMBER,
    GREEN,
    Coverage,
    core20_ratio,
    coverage,
    coverage_by_group,
    gap_between,
    max_min_coverage,
    status_of,
    wilson,
)
from .fairness import StaffLoad, staff_loads
from .inequality import (
    concentration_index,
    erreygers_index,
    fractional_rank,
    gini_over_areas,
    horizontal_inequity,
    slope_index,
)
from .over_time import FOUR_WEEKS, Deferral, deferred_days
from .price import PriceOfEquity, price_of_equity
from .report import EquityReport, Need, equity, quintile_of_decile

__all__ = [
    "AMBER",
    "FOUR_WEEKS",
    "GREEN",
    "BurdenByQuintile",
    "Coverage",
    "Deferral",
    "EquityReport",
    "Journey",
    "Need",
    "PriceOfEquity",
    "StaffLoad",
    "burden",
    "concentration_index",
    "core20_ratio",
    "coverage",
    "coverage_by_group",
    "deferred_days",
    "equity",
    "erreygers_index",
    "fractional_rank",
    "gap_between",
    "gini_over_areas",
    "horizontal_inequity",
    "journeys_of",
    "max_min_coverage",
    "price_of_equity",
    "quintile_of_decile",
    "slope_index",
    "staff_loads",
    "status_of",
    "wilson",
]
