"""Which figures come out of which columns of the nineteen topic summaries.

Parent and child categories stand side by side in these tables; a share names either the parent or its children, never
both, so that nobody is counted twice.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """An indicator as 100 x sum(parts) / whole; with `complement`, 100 x (whole - sum(parts)) / whole.
    Without parts it is the whole itself."""

    indicator: str
    parts: tuple[str, ...] = ()
    complement: bool = False


@dataclass(frozen=True)
class Table:
    """One topic summary. Headings are the table's variable and a category, e.g. "Age: Total"; `whole` is the category
    that all shares are of. `counts`: every figure is a whole number of people or households."""

    name: str
    title: str
    variable: str
    whole: str
    shares: tuple[Share, ...]
    counts: bool = True

    def headings(self) -> list[str]:
        wanted = [self.whole, *(part for share in self.shares for part in share.parts)]
        return [f"{self.variable}: {category}" for category in dict.fromkeys(wanted)]


PEOPLE, HOUSEHOLDS = "Total: All usual residents", "Total: All households"
OVER_15 = "Total: All usual residents aged 16 years and over"
BANDS = [(first, first + 4) for first in range(5, 85, 5)]
OVER_64 = tuple(f"Aged {first} to {last} years" for first, last in BANDS if first >= 65) + ("Aged 85 years and over",)

_ONE, _FAMILY, _OTHER = "One person household", "Single family household", "Other household types"
_MARRIED, _COHABITING = f"{_FAMILY}: Married or civil partnership couple", f"{_FAMILY}: Cohabiting couple family"
_LONE = f"{_FAMILY}: Lone parent family"
_NOT_ENGLISH = "Main language is not English (English or Welsh in Wales)"
_ENGLISH = "English in England, or English or Welsh in Wales as a main language"
_NOBODY = "No people in household have English in England, or English or Welsh in Wales as a main language"
_CHILDREN = (
    "No adults in household, but at least one person aged 3 to 15 years, has English in England or English or Welsh in "
    "Wales as a main language"
)
_ACT, _NO_ACT = "Disabled under the Equality Act", "Not disabled under the Equality Act"

TABLES = (
    Table(
        "TS001", "Usual residents in households and communal establishments", "Residence type", "Total",
        (Share("communal_share", ("Lives in a communal establishment",)),),
    ),
    Table(
        "TS003", "Household composition", "Household composition", "Total",
        (
            Share("lives_alone_share", (_ONE,)),
            Share("lives_alone66_share", (f"{_ONE}: Aged 66 years and over",)),
            Share("lives_alone_under66_share", (f"{_ONE}: Other",)),
            Share("older_family_share", (f"{_FAMILY}: All aged 66 years and over",)),
            Share("couple_no_children_share", (f"{_MARRIED}: No children", f"{_COHABITING}: No children")),
            Share(
                "couple_dependent_children_share",
                (f"{_MARRIED}: Dependent children", f"{_COHABITING}: With dependent children"),
            ),
            Share("lone_parent_share", (_LONE,)),
            Share("lone_parent_dependent_children_share", (f"{_LONE}: With dependent children",)),
            Share("other_household_share", (_OTHER,)),
        ),
    ),
    Table(
        "TS006", "Population density", "Population Density", "Persons per square kilometre",
        (Share("population_density"),), counts=False,
    ),
    Table(
        "TS007A", "Age by five-year age bands", "Age", "Total",
        (
            Share("population"),
            Share("age0_4_share", ("Aged 4 years and under",)),
            *(Share(f"age{a}_{b}_share", (f"Aged {a} to {b} years",)) for a, b in BANDS),
            Share("age85_share", ("Aged 85 years and over",)),
            Share("age65_share", OVER_64),
            Share("age75_share", OVER_64[2:]),
        ),
    ),
    Table(
        "TS011", "Households by deprivation dimensions", "Household deprivation", HOUSEHOLDS,
        (
            Share("household_not_deprived_share", ("Household is not deprived in any dimension",)),
            Share("household_deprived1_share", ("Household is deprived in one dimension",)),
            Share("household_deprived2_share", ("Household is deprived in two dimensions",)),
            Share(
                "household_deprived3_share",
                ("Household is deprived in three dimensions", "Household is deprived in four dimensions"),
            ),
        ),
    ),
    Table(
        "TS017", "Household size", "Household size", "Total: All household spaces",
        (
            Share("household_size1_share", ("1 person in household",)),
            Share("household_size2_share", ("2 people in household",)),
            Share("household_size3_4_share", ("3 people in household", "4 people in household")),
            Share(
                "household_size5_share",
                (*(f"{size} people in household" for size in (5, 6, 7)), "8 or more people in household"),
            ),
        ),
    ),
    Table(
        "TS021", "Ethnic group", "Ethnic group", PEOPLE,
        (
            Share("ethnic_minority_share", ("White",), complement=True),
            Share("asian_share", ("Asian, Asian British or Asian Welsh",)),
            Share("black_share", ("Black, Black British, Black Welsh, Caribbean or African",)),
            Share("mixed_ethnic_share", ("Mixed or Multiple ethnic groups",)),
            Share("white_share", ("White",)),
            Share("other_ethnic_share", ("Other ethnic group",)),
            Share("gypsy_roma_traveller_share", ("White: Gypsy or Irish Traveller", "White: Roma")),
        ),
    ),
    Table(
        "TS025", "Household language", "Household language (English and Welsh)", HOUSEHOLDS,
        (
            Share("no_english_household_share", (_NOBODY,)),
            Share("no_english_adult_share", (_NOBODY, _CHILDREN)),
            Share("mixed_language_household_share", (f"At least one but not all adults in household have {_ENGLISH}",)),
        ),
    ),
    Table(
        "TS029", "Proficiency in English", "Proficiency in English language",
        "Total: All usual residents aged 3 years and over",
        (
            Share(
                "low_english_share",
                (f"{_NOT_ENGLISH}: Cannot speak English well", f"{_NOT_ENGLISH}: Cannot speak English"),
            ),
            Share("no_english_share", (f"{_NOT_ENGLISH}: Cannot speak English",)),
            Share("other_main_language_share", (_NOT_ENGLISH,)),
        ),
    ),
    Table(
        "TS037", "General health", "General health", PEOPLE,
        (
            Share("bad_health_share", ("Bad health", "Very bad health")),
            Share("very_bad_health_share", ("Very bad health",)),
            Share("fair_health_share", ("Fair health",)),
            Share("good_health_share", ("Very good health", "Good health")),
        ),
    ),
    Table(
        "TS038", "Disability", "Disability", PEOPLE,
        (
            Share("disabled_share", (_ACT,)),
            Share("disabled_lot_share", (f"{_ACT}: Day-to-day activities limited a lot",)),
            Share("disabled_little_share", (f"{_ACT}: Day-to-day activities limited a little",)),
            Share(
                "long_term_condition_share",
                (
                    f"{_NO_ACT}: Has long term physical or mental health condition but day-to-day activities are not "
                    "limited",
                ),
            ),
        ),
    ),
    Table(
        "TS039", "Provision of unpaid care", "Provision of unpaid care", "Total: All usual residents aged 5 and over",
        (
            Share("unpaid_care_50h_share", ("Provides 50 or more hours unpaid care a week",)),
            Share("unpaid_care_20h_share", ("Provides 20 to 49 hours unpaid care a week",)),
            Share("unpaid_care_share", ("Provides no unpaid care",), complement=True),
        ),
    ),
    Table(
        "TS040", "Number of disabled people in the household", "Number of disabled people in household", HOUSEHOLDS,
        (
            Share(
                "disabled_household_share",
                ("No people disabled under the Equality Act in household",), complement=True,
            ),
            Share("disabled2_household_share", ("2 or more people disabled under the Equality Act in household",)),
        ),
    ),
    Table(
        "TS041", "Number of households", "Number of households", "Number of households", (Share("households_total"),)
    ),
    Table(
        "TS044", "Accommodation type", "Accommodation type", HOUSEHOLDS,
        (
            Share("detached_share", ("Detached",)),
            Share("semi_detached_share", ("Semi-detached",)),
            Share("terraced_share", ("Terraced",)),
            Share("flat_share", ("In a purpose-built block of flats or tenement",)),
            Share(
                "converted_flat_share",
                (
                    "Part of a converted or shared house, including bedsits",
                    "Part of another converted building, for example, former school, church or warehouse",
                    "In a commercial building, for example, in an office building, hotel or over a shop",
                ),
            ),
            Share("mobile_home_share", ("A caravan or other mobile or temporary structure",)),
        ),
    ),
    Table(
        "TS045", "Car or van availability", "Number of cars or vans", HOUSEHOLDS,
        (
            Share("households"),
            Share("no_car_share", ("No cars or vans in household",)),
            Share("cars2_share", ("2 cars or vans in household", "3 or more cars or vans in household")),
        ),
    ),
    Table(
        "TS054", "Tenure", "Tenure of household", HOUSEHOLDS,
        (
            Share("owned_share", ("Owned",)),
            Share("owned_outright_share", ("Owned: Owns outright",)),
            Share("shared_ownership_share", ("Shared ownership",)),
            Share("social_rented_share", ("Social rented",)),
            Share("private_rented_share", ("Private rented",)),
        ),
    ),
    Table(
        "TS062", "NS-SEC", "National Statistics Socio-economic Classification (NS-SEC)", OVER_15,
        (
            Share(
                "managerial_share",
                (
                    "L1, L2 and L3 Higher managerial, administrative and professional occupations",
                    "L4, L5 and L6 Lower managerial, administrative and professional occupations",
                ),
            ),
            Share(
                "intermediate_occupation_share",
                (
                    "L7 Intermediate occupations",
                    "L8 and L9 Small employers and own account workers",
                    "L10 and L11 Lower supervisory and technical occupations",
                ),
            ),
            Share("routine_share", ("L12 Semi-routine occupations", "L13 Routine occupations")),
            Share("never_worked_share", ("L14.1 and L14.2 Never worked and long-term unemployed",)),
            Share("student_share", ("L15 Full-time students",)),
        ),
    ),
    Table(
        "TS067", "Highest level of qualification", "Highest level of qualification", OVER_15,
        (
            Share("no_qualifications_share", ("No qualifications",)),
            Share("low_qualifications_share", ("Level 1 and entry level qualifications", "Level 2 qualifications")),
            Share("apprenticeship_share", ("Apprenticeship",)),
            Share("degree_share", ("Level 4 qualifications and above",)),
        ),
    ),
)  # fmt: skip
