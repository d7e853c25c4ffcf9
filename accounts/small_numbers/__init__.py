"""The small-number rule of the whole product: one place that says which counts of people are shown, and how.

rule        1 to 7 hidden, 0 shown as 0, everything else to the nearest 5; why, and where from
published   counts and shares as they may be shown: the true number is not kept in them
moving      tables that fit besides the true one, found by hand
attack      what somebody can work out of one hidden count: linear programming over everything that is shown
protection  which counts of one answer must be hidden, so that no small one can be worked out
periods     the same where parts (weeks, days) are answers of their own

No Django here: counts come in as arrays. docs/small-numbers.md says which page, file and address uses it.
"""

from .periods import groups_to_hide_over_parts
from .protection import groups_to_hide
from .published import HIDDEN_MARK, REASON, Count, count_of, hidden_count, published_share
from .rule import RULE, Rule

__all__ = [
    "HIDDEN_MARK",
    "REASON",
    "RULE",
    "Count",
    "Rule",
    "count_of",
    "groups_to_hide",
    "groups_to_hide_over_parts",
    "hidden_count",
    "published_share",
]
