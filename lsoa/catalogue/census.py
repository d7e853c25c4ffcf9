"""Indicators of Census 2021."""

from .definition import HIGH, LOW, NEUTRAL, IndicatorDefinition

CENSUS = "Office for National Statistics, Census 2021 via Nomis"
RESIDENTS, HOUSEHOLDS = "as a share of all residents.", "as a share of all households."


def _share(theme, code, name, table, description, polarity=HIGH, decimals=1):
    return IndicatorDefinition(code, name, "%", polarity, f"{CENSUS}, {table}", decimals, 0, 100, description, theme)


def _count(code, name, table, description):
    return IndicatorDefinition(
        code, name, name.lower(), NEUTRAL, f"{CENSUS}, {table}", 0, 0, 100_000, description, "Population"
    )


def _people(code, name, table, polarity=NEUTRAL, theme="Population", decimals=1):
    return _share(theme, code, name, table, f"{name}, {RESIDENTS}", polarity, decimals)


def _households(code, name, table, polarity=NEUTRAL, theme="Households", decimals=1):
    return _share(theme, code, name, table, f"{name}, {HOUSEHOLDS}", polarity, decimals)


def _adults(code, name, table, polarity, description=""):
    about = description or f"{name}, as a share of residents aged 16 and over."
    return _share("Work and education", code, name, table, about, polarity)


def _band(first):
    last = first + 4
    return _people(f"age{first}_{last}_share", f"Aged {first} to {last}", "TS007A")


AGES = [
    _band(0),
    *(_band(first) for first in range(5, 85, 5)),
    _people("age85_share", "Aged 85 and over", "TS007A", HIGH),
    _people("age65_share", "Aged 65 and over", "TS007A", HIGH),
    _share(
        "Population",
        "age75_share",
        "Aged 75 and over",
        "TS007A",
        "Residents aged 75 and over as a share of all residents.",
    ),
]
HEALTH = [
    _share(
        "Health", "bad_health_share", "In bad or very bad health", "TS037",
        "Residents whose general health is bad or very bad as a share of all residents.",
    ),
    _people("very_bad_health_share", "In very bad health", "TS037", HIGH, "Health"),
    _people("fair_health_share", "In fair health", "TS037", HIGH, "Health"),
    _people("good_health_share", "In good or very good health", "TS037", LOW, "Health"),
    _people("disabled_share", "Disabled", "TS038", HIGH, "Health"),
    _people("disabled_lot_share", "Disabled and limited a lot", "TS038", HIGH, "Health"),
    _people("disabled_little_share", "Disabled and limited a little", "TS038", HIGH, "Health"),
    _people("long_term_condition_share", "With a long-term condition that does not limit", "TS038", HIGH, "Health"),
    _share(
        "Health", "unpaid_care_50h_share", "Giving 50 or more hours of unpaid care a week", "TS039",
        "Residents aged 5 and over who give 50 or more hours of unpaid care a week.",
    ),
    _share(
        "Health", "unpaid_care_20h_share", "Giving 20 to 49 hours of unpaid care a week", "TS039",
        "Residents aged 5 and over who give 20 to 49 hours of unpaid care a week.",
    ),
    _share(
        "Health", "unpaid_care_share", "Giving unpaid care", "TS039",
        "Residents aged 5 and over who give any unpaid care.",
    ),
    _households("disabled_household_share", "Households with a disabled person", "TS040", HIGH, "Health"),
    _households("disabled2_household_share", "Households with two or more disabled people", "TS040", HIGH, "Health"),
]  # fmt: skip
LIVING = [
    _people("communal_share", "Living in a communal establishment", "TS001"),
    _households("lives_alone_share", "People living alone", "TS003", HIGH),
    _share(
        "Households", "lives_alone66_share", "Living alone aged 66 and over", "TS003",
        "One-person households aged 66 and over as a share of all households.",
    ),
    _households("lives_alone_under66_share", "People under 66 living alone", "TS003"),
    _households("older_family_share", "Families in which everybody is 66 or over", "TS003", HIGH),
    _households("couple_no_children_share", "Couples without children", "TS003"),
    _households("couple_dependent_children_share", "Couples with dependent children", "TS003"),
    _households("lone_parent_share", "Lone parents", "TS003", HIGH),
    _households("lone_parent_dependent_children_share", "Lone parents with dependent children", "TS003", HIGH),
    _households("other_household_share", "Households of several families or unrelated people", "TS003"),
    _households("household_not_deprived_share", "Households not deprived", "TS011", LOW, "Households"),
    _share(
        "Households", "household_deprived1_share", "Households deprived in one way", "TS011",
        "Households deprived in one of education, employment, health and housing, as a share of all.",
    ),
    _share(
        "Households", "household_deprived2_share", "Households deprived in two ways", "TS011",
        "Households deprived in two of education, employment, health and housing, as a share of all.",
    ),
    _share(
        "Households", "household_deprived3_share", "Households deprived in three or four ways", "TS011",
        "Households deprived in three or all of education, employment, health and housing, as a share of all.",
    ),
    _households("household_size1_share", "Households of one person", "TS017"),
    _households("household_size2_share", "Households of two people", "TS017"),
    _households("household_size3_4_share", "Households of three or four people", "TS017"),
    _households("household_size5_share", "Households of five or more people", "TS017", HIGH),
]  # fmt: skip
HOMES = [
    _households("detached_share", "Detached houses", "TS044", NEUTRAL, "Homes"),
    _households("semi_detached_share", "Semi-detached houses", "TS044", NEUTRAL, "Homes"),
    _households("terraced_share", "Terraced houses", "TS044", NEUTRAL, "Homes"),
    _households("flat_share", "Purpose-built flats", "TS044", NEUTRAL, "Homes"),
    _households("converted_flat_share", "Flats in converted, shared or commercial buildings", "TS044", HIGH, "Homes"),
    _households("mobile_home_share", "Caravans and mobile homes", "TS044", HIGH, "Homes"),
    _share(
        "Homes", "no_car_share", "Households without a car or van", "TS045",
        "Households without a car or van among all households.",
    ),
    _households("cars2_share", "Households with two or more cars or vans", "TS045", LOW, "Homes"),
    _households("owned_share", "Homes owned by those who live in them", "TS054", LOW, "Homes"),
    _households("owned_outright_share", "Homes owned outright", "TS054", LOW, "Homes"),
    _households("shared_ownership_share", "Homes in shared ownership", "TS054", NEUTRAL, "Homes"),
    _households("social_rented_share", "Homes rented from a council or housing association", "TS054", HIGH, "Homes"),
    _households("private_rented_share", "Homes rented privately", "TS054", HIGH, "Homes"),
]  # fmt: skip
LANGUAGE_AND_ETHNICITY = "Ethnicity and language"
GROUPS = [
    _share(
        LANGUAGE_AND_ETHNICITY, "ethnic_minority_share", "From minority ethnic groups", "TS021",
        "Residents in all ethnic groups but the White ones as a share of all residents.",
    ),
    _people("asian_share", "Asian or Asian British", "TS021", NEUTRAL, LANGUAGE_AND_ETHNICITY),
    _people("black_share", "Black, Black British, Caribbean or African", "TS021", NEUTRAL, LANGUAGE_AND_ETHNICITY),
    _people("mixed_ethnic_share", "Mixed or multiple ethnic groups", "TS021", NEUTRAL, LANGUAGE_AND_ETHNICITY),
    _people("white_share", "White", "TS021", NEUTRAL, LANGUAGE_AND_ETHNICITY),
    _people("other_ethnic_share", "Other ethnic groups", "TS021", NEUTRAL, LANGUAGE_AND_ETHNICITY),
    _people("gypsy_roma_traveller_share", "Gypsy, Roma or Irish Traveller", "TS021", HIGH, LANGUAGE_AND_ETHNICITY, 2),
    _share(
        LANGUAGE_AND_ETHNICITY, "low_english_share", "Cannot speak English well or at all", "TS029",
        "Residents aged 3 and over who cannot speak English well or at all.",
    ),
    _share(
        LANGUAGE_AND_ETHNICITY, "no_english_share", "Cannot speak English", "TS029",
        "Residents aged 3 and over who cannot speak English at all.", HIGH, 2,
    ),
    _share(
        LANGUAGE_AND_ETHNICITY, "other_main_language_share", "Main language is not English", "TS029",
        "Residents aged 3 and over whose main language is not English.", NEUTRAL,
    ),
    _share(
        LANGUAGE_AND_ETHNICITY, "no_english_household_share", "Households without English", "TS025",
        "Households in which nobody has English as a main language, as a share of all households.",
    ),
    _share(
        LANGUAGE_AND_ETHNICITY, "no_english_adult_share", "Households without an English-speaking adult", "TS025",
        "Households in which no adult has English as a main language, as a share of all households.",
    ),
    _share(
        LANGUAGE_AND_ETHNICITY, "mixed_language_household_share", "Households in which some adults have English",
        "TS025", "Households in which some but not all adults have English as a main language.", NEUTRAL,
    ),
]  # fmt: skip
WORK = [
    _adults("managerial_share", "In managerial and professional occupations", "TS062", LOW),
    _adults("intermediate_occupation_share", "Intermediate, self-employed or supervising", "TS062", NEUTRAL),
    _adults("routine_share", "In routine and semi-routine occupations", "TS062", HIGH),
    _adults("never_worked_share", "Never worked or long-term unemployed", "TS062", HIGH),
    _adults("student_share", "Full-time students", "TS062", NEUTRAL),
    _adults("no_qualifications_share", "Without qualifications", "TS067", HIGH),
    _adults("low_qualifications_share", "With level 1 or 2 qualifications only", "TS067", HIGH),
    _adults("apprenticeship_share", "With an apprenticeship", "TS067", NEUTRAL),
    _adults(
        "degree_share", "With level 4 qualifications and above", "TS067", LOW,
        "Degrees, higher national diplomas and the like, as a share of residents aged 16 and over.",
    ),
]  # fmt: skip
DEFINITIONS = [
    _count("population", "Residents", "TS007A", "Usual residents in March 2021."),
    _count("households", "Households", "TS045", "Households in March 2021."),
    IndicatorDefinition(
        "households_total", "Number of households (TS041)", "households", NEUTRAL, f"{CENSUS}, TS041", 0, 0, 100_000,
        "Households in March 2021 as TS041 gives them; tables differ by a few to protect privacy.", "Population",
    ),
    IndicatorDefinition(
        "population_density", "Residents per square kilometre", "people per km²", NEUTRAL, f"{CENSUS}, TS006", 0, 0,
        1_000_000, "Usual residents for each square kilometre. Densities of areas cannot be added up.", "Population",
    ),
    *AGES, *HEALTH, *LIVING, *HOMES, *GROUPS, *WORK,
]  # fmt: skip
