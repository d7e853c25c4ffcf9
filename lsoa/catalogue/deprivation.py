"""Indicators of the English indices of deprivation. One indicator is one measure: 2019 and 2025 are releases of it."""

from dataclasses import dataclass

from .definition import HIGH, LOW, NEUTRAL, IndicatorDefinition

IOD = "Ministry of Housing, Communities and Local Government, English indices of deprivation"
THEME, UNDERLYING = "Deprivation", "Deprivation: underlying indicators"
# Core20: the most deprived fifth of areas nationally, IMD deciles 1 and 2 (NHS England, Core20PLUS5).
CORE20_DECILE = 2
# The index of 2025 has the most areas.
AREAS = 33_755


@dataclass(frozen=True)
class Measure:
    """An index, domain or sub-domain. `limits` of its score admit both releases; rates run from 0 to 1."""

    key: str
    name: str
    limits: tuple[float, float] = (-10, 10)
    is_rate: bool = False
    about: str = ""


DOMAINS = (
    Measure("income", "Income deprivation", (0, 1), True, "People on low incomes."),
    Measure("employment", "Employment deprivation", (0, 1), True, "Working-age people kept out of work."),
    Measure(
        "education",
        "Education, skills and training deprivation",
        (0, 100),
        about="Low attainment of children, few skills among adults.",
    ),
    Measure("health", "Health deprivation and disability", about="Early death, illness, disability and mental health."),
    Measure("crime", "Crime", about="The risk of becoming a victim of crime."),
    Measure(
        "barriers",
        "Barriers to housing and services",
        (0, 100),
        about="Services that are hard to reach, housing that is hard to get.",
    ),
    Measure("environment", "Living environment deprivation", (0, 100), about="Quality of housing, air and roads."),
)
IMD = Measure("imd", "Index of Multiple Deprivation", (0, 100), about="Seven domains in one index.")
SUPPLEMENTARY = (
    Measure(
        "idaci",
        "Income deprivation affecting children",
        (0, 1),
        True,
        "Children aged 0 to 15 in families on low incomes.",
    ),
    Measure(
        "idaopi", "Income deprivation affecting older people", (0, 1), True, "People aged 60 and over on low incomes."
    ),
)
SUB_DOMAINS = (
    Measure(
        "children_young_people",
        "Education of children and young people",
        about="Attainment, absence from school, staying on in education.",
    ),
    Measure("adult_skills", "Adult skills", (0, 1), True, "Adults with few qualifications or little English."),
    # On another scale in 2025, when distances gave way to connectivity.
    Measure(
        "geographical_barriers",
        "Geographical barriers to services",
        (-20, 100),
        about="How hard it is to reach everyday services.",
    ),
    Measure(
        "wider_barriers",
        "Wider barriers to housing",
        (-50, 50),
        about="Overcrowding, homelessness, housing that people cannot afford.",
    ),
    Measure("indoors", "Indoor living environment", about="The state of housing."),
    Measure("outdoors", "Outdoor living environment", about="Air quality and road accidents."),
)
MEASURES = (IMD, *DOMAINS, *SUPPLEMENTARY, *SUB_DOMAINS)
POPULATIONS = {
    "imd_population_total": "Residents of all ages",
    "imd_population_children": "Children aged 0 to 15",
    "imd_population_adults": "Residents aged 16 to 59",
    "imd_population_older": "Residents aged 60 and over",
    "imd_population_working_age": "Residents of working age",
}


def _of(measure: Measure) -> list[IndicatorDefinition]:
    key, name, about = measure.key, measure.name, f" {measure.about}" if measure.about else ""
    unit, scale = ("proportion", " From 0 to 1.") if measure.is_rate else ("score", "")
    core20 = " Core20 is deciles 1 and 2." if key == "imd" else ""
    return [
        IndicatorDefinition(
            f"{key}_score", f"{name} score", unit, HIGH, IOD, 3, *measure.limits,
            f"The higher, the more deprived.{scale}{about}", THEME,
        ),
        IndicatorDefinition(
            f"{key}_rank", f"{name} rank", "rank", LOW, IOD, 0, 1, AREAS,
            f"1 is the most deprived of England's 33,755 areas (32,844 in 2019).{about}", THEME,
        ),
        IndicatorDefinition(
            f"{key}_decile", f"{name} decile", "decile", LOW, IOD, 0, 1, 10,
            f"1 is the most deprived tenth of areas.{core20}{about}", THEME,
        ),
    ]  # fmt: skip


def _transformed(domain: Measure) -> IndicatorDefinition:
    return IndicatorDefinition(
        f"{domain.key}_transformed_score", f"{domain.name} transformed score", "score", HIGH, IOD, 3, 0, 100,
        "The domain on the common scale from 0 to 100 on which the seven are added up.", THEME,
    )  # fmt: skip


def _population(code: str, name: str) -> IndicatorDefinition:
    return IndicatorDefinition(
        code, f"{name} (indices of deprivation)", "people", NEUTRAL, IOD, 0, 0, 100_000,
        f"{name} without prisoners: the denominator of the indices, from the estimates of mid 2015 or mid 2022.", THEME,
    )  # fmt: skip


def _indicator(code, name, unit, description, polarity=HIGH, minimum=0.0, maximum=None, decimals=3):
    return IndicatorDefinition(
        code, name, unit, polarity, IOD, decimals, minimum, maximum, description, UNDERLYING
    )  # fmt: skip


def _people(code, name, description):
    return _indicator(
        code, name, "people", f"{description} Rounded to 5; withheld below 10.", maximum=20_000, decimals=0
    )


def _proportion(code, name, description):
    return _indicator(code, name, "proportion", f"{description} From 0 to 1.", maximum=1)


def _standard(code, name, description):
    return _indicator(code, name, "score", f"{description} Standardised: 0 is average, higher is worse.", HIGH, -20, 20)


def _distance(code, place):
    return _indicator(code, f"Road distance to {place}", "km", "Average over residents.", maximum=100, decimals=1)


def _crime(code, what, risk="people"):
    return _indicator(
        code, what, f"per 1,000 {risk}", f"Recorded in a year per 1,000 {risk} at risk.", maximum=1_000, decimals=1
    )


def _pollutant(code, name):
    return _indicator(code, f"{name} in the air", "ratio", "Estimated concentration over the safe limit.", maximum=10)


UNDERLYING_INDICATORS = [
    _people("income_deprived_people", "Income-deprived people", "People on low incomes."),
    _people("income_deprived_children", "Income-deprived children", "Children in families on low incomes."),
    _people("income_deprived_older_people", "Income-deprived older people", "People aged 60 and over on low incomes."),
    _people("employment_deprived_people", "Employment-deprived people", "Working-age people kept out of work."),
    _proportion("not_staying_in_education", "Leaving education at 16", "Young people who do not stay on."),
    _proportion("not_entering_university", "Not entering higher education", "Young people who do not enter it."),
    _proportion("low_adult_skills", "Adults with few skills", "Adults with few qualifications or little English."),
    _indicator(
        "years_of_potential_life_lost", "Years of potential life lost", "rate",
        "Early deaths weighted by the years lost, allowing for age and sex. The higher, the more.", maximum=1_000,
        decimals=1,
    ),
    _indicator(
        "comparative_illness_ratio", "Comparative illness and disability", "ratio",
        "People on sickness and disability benefits, allowing for age and sex; 100 is the rate expected.",
        maximum=1_000, decimals=1,
    ),
    _indicator(
        "acute_morbidity_ratio", "Acute morbidity (emergency admissions)", "ratio",
        "Emergency admissions to hospital, allowing for age and sex; 100 is the rate expected.", maximum=1_000,
        decimals=1,
    ),
    _standard(
        "mood_anxiety_score", "Mood and anxiety disorders", "From prescribing, admissions, suicides and benefits."
    ),
    _standard("mental_health_score", "Mental health", "From prescribing, admissions, suicides and benefits."),
    _distance("post_office_distance_km", "a post office"),
    _distance("primary_school_distance_km", "a primary school"),
    _distance("food_shop_distance_km", "a general store or supermarket"),
    _distance("gp_distance_km", "a GP surgery"),
    _indicator(
        "patients_per_gp", "Patients per GP", "patients per GP", "Patients for each GP at residents' practices.",
        maximum=50_000, decimals=0,
    ),
    _indicator(
        "connectivity_score", "Connectivity", "index", "How well places can be reached by foot, bicycle, bus and car: "
        "100 is the best connected.", LOW, maximum=100, decimals=1,
    ),
    _standard("broadband_score", "Slow broadband", "From download and upload speeds."),
    _proportion("household_overcrowding", "Overcrowded households", "Households with too few rooms, census of 2011."),
    _proportion("household_overcrowding_rooms", "Overcrowded households (rooms)", "Too few rooms, census of 2021."),
    _proportion("household_overcrowding_bedrooms", "Overcrowded households (bedrooms)", "Too few, census of 2021."),
    _indicator(
        "homelessness_rate", "Homelessness", "per 1,000 households", "Households accepted for housing help.",
        maximum=1_000, decimals=1,
    ),
    _indicator(
        "core_homelessness_rate", "Core homelessness", "% of households",
        "Rough sleeping, hostels, sofa surfing and the like.", maximum=100, decimals=2,
    ),
    _proportion("owner_unaffordability", "Buying is unaffordable", "Households under 40 that cannot afford to buy."),
    _proportion("rental_unaffordability", "Renting is unaffordable", "Households under 40 that cannot afford to rent."),
    _standard("housing_unaffordability_score", "Housing is unaffordable", "Buying and renting together."),
    _proportion("poor_housing", "Housing in poor condition", "Homes that fail the Decent Homes Standard."),
    _proportion("no_central_heating", "Homes without central heating", "Census of 2011."),
    _indicator(
        "road_accidents", "Road traffic accidents", "rate",
        "Injuries to pedestrians and cyclists, weighted by severity, per 1,000 people.", maximum=1_000,
    ),
    _pollutant("nitrogen_dioxide_ratio", "Nitrogen dioxide"),
    _pollutant("benzene_ratio", "Benzene"),
    _pollutant("sulphur_dioxide_ratio", "Sulphur dioxide"),
    _pollutant("particulates_ratio", "Particulates"),
    _indicator("air_quality_ratio", "Air pollution", "ratio", "The four pollutants added up.", maximum=40),
    _crime("violence_injury_rate", "Violence with injury"),
    _crime("violence_no_injury_rate", "Violence without injury"),
    _crime("stalking_harassment_rate", "Stalking and harassment"),
    _crime("burglary_rate", "Burglary", "properties"),
    _crime("theft_rate", "Theft"),
    _crime("criminal_damage_rate", "Criminal damage"),
    _crime("public_order_weapons_rate", "Public order offences and weapons"),
    _crime("antisocial_behaviour_rate", "Anti-social behaviour"),
]  # fmt: skip
DEFINITIONS = [
    *(definition for measure in MEASURES for definition in _of(measure)),
    *(_transformed(domain) for domain in DOMAINS),
    *(_population(code, name) for code, name in POPULATIONS.items()),
    *UNDERLYING_INDICATORS,
]
