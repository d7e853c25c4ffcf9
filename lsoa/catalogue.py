"""The indicators that the product knows by name. Adapters may define more: a new indicator needs no migration."""

from dataclasses import dataclass

from .models.indicators import Indicator

HIGH, LOW, NEUTRAL = Indicator.Polarity.HIGH_IS_NEED, Indicator.Polarity.LOW_IS_NEED, Indicator.Polarity.NEUTRAL

CENSUS = "Office for National Statistics, Census 2021 via Nomis"
IOD = "Ministry of Housing, Communities and Local Government, English indices of deprivation 2025"
QOF = "NHS England, Quality and Outcomes Framework"
ATTRIBUTION = (
    "Provisional: practice registers are attributed to areas by list size and distance, "
    "because where each practice's patients live is not loaded."
)


@dataclass(frozen=True)
class IndicatorDefinition:
    """What an indicator measures. Outside of `minimum` to `maximum` a value is refused."""

    code: str
    name: str
    unit: str
    polarity: str
    source: str
    decimals: int = 1
    minimum: float | None = 0
    maximum: float | None = None
    description: str = ""


def _share(code, name, table, description):
    return IndicatorDefinition(code, name, "%", HIGH, f"{CENSUS}, {table}", 1, 0, 100, description)


_DEFINITIONS = [
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
    IndicatorDefinition(
        "qof_cardiometabolic",
        "Heart, stroke, blood pressure and diabetes registers",
        "%",
        HIGH,
        QOF,
        1,
        0,
        400,
        f"Sum of the prevalences of hypertension, diabetes, coronary heart disease and stroke or TIA. {ATTRIBUTION}",
    ),
    IndicatorDefinition(
        "qof_respiratory",
        "Respiratory registers",
        "%",
        HIGH,
        QOF,
        1,
        0,
        200,
        f"Sum of the prevalences of COPD and asthma. {ATTRIBUTION}",
    ),
    IndicatorDefinition(
        "qof_mental_cognitive",
        "Mental health, depression and dementia registers",
        "%",
        HIGH,
        QOF,
        1,
        0,
        300,
        f"Sum of the prevalences of serious mental illness, dementia and depression. {ATTRIBUTION}",
    ),
    IndicatorDefinition(
        "gp_travel_minutes",
        "Minutes to the nearest GP practice",
        "minutes",
        HIGH,
        "Derived from practice locations",
        0,
        0,
        600,
        "Provisional: walking or public transport, whichever is quicker, estimated from the straight-line distance.",
    ),
    IndicatorDefinition(
        "nearest_gp_km",
        "Distance to the nearest GP practice",
        "km",
        HIGH,
        "Derived from practice locations",
        1,
        0,
        200,
        "Provisional: straight-line distance to the nearest practice with a register.",
    ),
]

CATALOGUE: dict[str, IndicatorDefinition] = {definition.code: definition for definition in _DEFINITIONS}
