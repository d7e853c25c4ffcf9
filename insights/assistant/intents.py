"""The closed list of what can be asked."""

from enum import StrEnum


class Intent(StrEnum):
    """What a question is for. An answer's `intent` is one of these."""

    WHY_PRIORITY = "why_priority"
    COMPARE_AREAS = "compare_areas"
    RANK_AREAS = "rank_areas"
    FIGURE = "figure"
    CHANGES = "changes"
    HISTORY = "history"
    UNMET_NEED = "unmet_need"
    EQUITY = "equity"
    PLANS = "plans"
    LEFT_OUT = "left_out"
    OUTLOOK = "outlook"
    DEMAND = "demand"
    DEFINITION = "definition"
    HOW_TO = "how_to"
    ABILITIES = "abilities"
    # Not questions of their own, but what may come of one.
    WHICH_PLACE = "which_place"
    NOT_ANSWERED = "not_answered"
