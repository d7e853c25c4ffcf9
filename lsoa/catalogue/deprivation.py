"""Indicators of the English indices of deprivation."""

from .definition import LOW, IndicatorDefinition

IOD = "Ministry of Housing, Communities and Local Government, English indices of deprivation 2025"

DEFINITIONS = [
    IndicatorDefinition(
        "imd_rank",
        "Index of Multiple Deprivation rank",
        "rank",
        LOW,
        IOD,
        0,
        1,
        33_755,
        "1 is the most deprived of England's 33,755 areas.",
    ),
    IndicatorDefinition(
        "imd_decile",
        "Index of Multiple Deprivation decile",
        "decile",
        LOW,
        IOD,
        0,
        1,
        10,
        "1 is the most deprived tenth of areas. Core20 is deciles 1 and 2.",
    ),
]
