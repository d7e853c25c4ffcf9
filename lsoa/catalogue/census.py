"""Indicators of Census 2021."""

from .definition import HIGH, NEUTRAL, IndicatorDefinition

CENSUS = "Office for National Statistics, Census 2021 via Nomis"


def _share(code, name, table, description):
    return IndicatorDefinition(code, name, "%", HIGH, f"{CENSUS}, {table}", 1, 0, 100, description)


DEFINITIONS = [
    _share("age75_share", "Aged 75 and over", "TS007A", "Residents aged 75 and over as a share of all residents."),
    _share(
        "bad_health_share",
        "In bad or very bad health",
        "TS037",
        "Residents whose general health is bad or very bad as a share of all residents.",
    ),
    _share(
        "lives_alone66_share",
        "Living alone aged 66 and over",
        "TS003",
        "One-person households aged 66 and over as a share of all households.",
    ),
    _share(
        "unpaid_care_50h_share",
        "Giving 50 or more hours of unpaid care a week",
        "TS039",
        "Residents aged 5 and over who give 50 or more hours of unpaid care a week.",
    ),
    _share(
        "ethnic_minority_share",
        "From minority ethnic groups",
        "TS021",
        "Residents in all ethnic groups but the White ones as a share of all residents.",
    ),
    _share(
        "low_english_share",
        "Cannot speak English well or at all",
        "TS029",
        "Residents aged 3 and over who cannot speak English well or at all.",
    ),
    _share(
        "no_car_share",
        "Households without a car or van",
        "TS045",
        "Households without a car or van among all households.",
    ),
    IndicatorDefinition(
        "population",
        "Residents",
        "people",
        NEUTRAL,
        f"{CENSUS}, TS007A",
        0,
        0,
        100_000,
        "Usual residents in March 2021.",
    ),
    IndicatorDefinition(
        "households",
        "Households",
        "households",
        NEUTRAL,
        f"{CENSUS}, TS045",
        0,
        0,
        100_000,
        "Households in March 2021.",
    ),
]
