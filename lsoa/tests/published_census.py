"""The headings of the nineteen Nomis bulk tables as published, and files of made-up areas under them.

Categories are listed behind the variable of their table: "Age" and "Total" make "Age: Total". Tables in `QUOTED` have
every heading in quotation marks and end it with "; measures: Value"; the others do neither.
"""

import csv

from .published import NAMES, csv_file

QUOTED = {"TS001", "TS003", "TS006", "TS011", "TS017", "TS041"}
HEADINGS = {
    "TS001": (
        "Residence type",
        "Total",
        "Lives in a household",
        "Lives in a communal establishment",
    ),
    "TS003": (
        "Household composition",
        "Total",
        "One person household",
        "One person household: Aged 66 years and over",
        "One person household: Other",
        "Single family household",
        "Single family household: All aged 66 years and over",
        "Single family household: Married or civil partnership couple",
        "Single family household: Married or civil partnership couple: No children",
        "Single family household: Married or civil partnership couple: Dependent children",
        "Single family household: Married or civil partnership couple: All children non-dependent",
        "Single family household: Cohabiting couple family",
        "Single family household: Cohabiting couple family: No children",
        "Single family household: Cohabiting couple family: With dependent children",
        "Single family household: Cohabiting couple family: All children non-dependent",
        "Single family household: Lone parent family",
        "Single family household: Lone parent family: With dependent children",
        "Single family household: Lone parent family: All children non-dependent",
        "Single family household: Other single family household",
        "Single family household: Other single family household: Other family composition",
        "Other household types",
        "Other household types: With dependent children",
        "Other household types: Other, including all full-time students and all aged 66 years and over",
    ),
    "TS006": (
        "Population Density",
        "Persons per square kilometre",
    ),
    "TS007A": (
        "Age",
        "Total",
        "Aged 4 years and under",
        *(f"Aged {first} to {first + 4} years" for first in range(5, 85, 5)),
        "Aged 85 years and over",
    ),
    "TS011": (
        "Household deprivation",
        "Total: All households",
        "Household is not deprived in any dimension",
        "Household is deprived in one dimension",
        "Household is deprived in two dimensions",
        "Household is deprived in three dimensions",
        "Household is deprived in four dimensions",
    ),
    "TS017": (
        "Household size",
        "Total: All household spaces",
        "0 people in household",
        "1 person in household",
        "2 people in household",
        "3 people in household",
        "4 people in household",
        "5 people in household",
        "6 people in household",
        "7 people in household",
        "8 or more people in household",
    ),
    "TS021": (
        "Ethnic group",
        "Total: All usual residents",
        "Asian, Asian British or Asian Welsh",
        "Asian, Asian British or Asian Welsh: Bangladeshi",
        "Asian, Asian British or Asian Welsh: Chinese",
        "Asian, Asian British or Asian Welsh: Indian",
        "Asian, Asian British or Asian Welsh: Pakistani",
        "Asian, Asian British or Asian Welsh: Other Asian",
        "Black, Black British, Black Welsh, Caribbean or African",
        "Black, Black British, Black Welsh, Caribbean or African: African",
        "Black, Black British, Black Welsh, Caribbean or African: Caribbean",
        "Black, Black British, Black Welsh, Caribbean or African: Other Black",
        "Mixed or Multiple ethnic groups",
        "Mixed or Multiple ethnic groups: White and Asian",
        "Mixed or Multiple ethnic groups: White and Black African",
        "Mixed or Multiple ethnic groups: White and Black Caribbean",
        "Mixed or Multiple ethnic groups: Other Mixed or Multiple ethnic groups",
        "White",
        "White: English, Welsh, Scottish, Northern Irish or British",
        "White: Irish",
        "White: Gypsy or Irish Traveller",
        "White: Roma",
        "White: Other White",
        "Other ethnic group",
        "Other ethnic group: Arab",
        "Other ethnic group: Any other ethnic group",
    ),
    "TS025": (
        "Household language (English and Welsh)",
        "Total: All households",
        "All adults in household have English in England, or English or Welsh in Wales as a main language",
        "At least one but not all adults in household have English in England, or English or Welsh "
        "in Wales as a main language",
        "No adults in household, but at least one person aged 3 to 15 years, has English in "
        "England or English or Welsh in Wales as a main language",
        "No people in household have English in England, or English or Welsh in Wales as a main language",
    ),
    "TS029": (
        "Proficiency in English language",
        "Total: All usual residents aged 3 years and over",
        "Main language is English (English or Welsh in Wales)",
        "Main language is not English (English or Welsh in Wales)",
        "Main language is not English (English or Welsh in Wales): Can speak English very well",
        "Main language is not English (English or Welsh in Wales): Can speak English well",
        "Main language is not English (English or Welsh in Wales): Cannot speak English well",
        "Main language is not English (English or Welsh in Wales): Cannot speak English",
    ),
    "TS037": (
        "General health",
        "Total: All usual residents",
        "Very good health",
        "Good health",
        "Fair health",
        "Bad health",
        "Very bad health",
    ),
    "TS038": (
        "Disability",
        "Total: All usual residents",
        "Disabled under the Equality Act",
        "Disabled under the Equality Act: Day-to-day activities limited a lot",
        "Disabled under the Equality Act: Day-to-day activities limited a little",
        "Not disabled under the Equality Act",
        "Not disabled under the Equality Act: Has long term physical or mental health condition "
        "but day-to-day activities are not limited",
        "Not disabled under the Equality Act: No long term physical or mental health conditions",
    ),
    "TS039": (
        "Provision of unpaid care",
        "Total: All usual residents aged 5 and over",
        "Provides no unpaid care",
        "Provides 19 hours or less unpaid care a week",
        "Provides 9 hours or less unpaid care a week",
        "Provides 10 to 19 hours unpaid care a week",
        "Provides 20 to 49 hours unpaid care a week",
        "Provides 20 to 34 hours unpaid care a week",
        "Provides 35 to 49 hours unpaid care a week",
        "Provides 50 or more hours unpaid care a week",
    ),
    "TS040": (
        "Number of disabled people in household",
        "Total: All households",
        "No people disabled under the Equality Act in household",
        "1 person disabled under the Equality Act in household",
        "2 or more people disabled under the Equality Act in household",
    ),
    "TS041": (
        "Number of households",
        "Number of households",
    ),
    "TS044": (
        "Accommodation type",
        "Total: All households",
        "Detached",
        "Semi-detached",
        "Terraced",
        "In a purpose-built block of flats or tenement",
        "Part of a converted or shared house, including bedsits",
        "Part of another converted building, for example, former school, church or warehouse",
        "In a commercial building, for example, in an office building, hotel or over a shop",
        "A caravan or other mobile or temporary structure",
    ),
    "TS045": (
        "Number of cars or vans",
        "Total: All households",
        "No cars or vans in household",
        "1 car or van in household",
        "2 cars or vans in household",
        "3 or more cars or vans in household",
    ),
    "TS054": (
        "Tenure of household",
        "Total: All households",
        "Owned",
        "Owned: Owns outright",
        "Owned: Owns with a mortgage or loan",
        "Shared ownership",
        "Shared ownership: Shared ownership",
        "Social rented",
        "Social rented: Rents from council or Local Authority",
        "Social rented: Other social rented",
        "Private rented",
        "Private rented: Private landlord or letting agency",
        "Private rented: Other private rented",
        "Lives rent free",
    ),
    "TS062": (
        "National Statistics Socio-economic Classification (NS-SEC)",
        "Total: All usual residents aged 16 years and over",
        "L1, L2 and L3 Higher managerial, administrative and professional occupations",
        "L4, L5 and L6 Lower managerial, administrative and professional occupations",
        "L7 Intermediate occupations",
        "L8 and L9 Small employers and own account workers",
        "L10 and L11 Lower supervisory and technical occupations",
        "L12 Semi-routine occupations",
        "L13 Routine occupations",
        "L14.1 and L14.2 Never worked and long-term unemployed",
        "L15 Full-time students",
    ),
    "TS067": (
        "Highest level of qualification",
        "Total: All usual residents aged 16 years and over",
        "No qualifications",
        "Level 1 and entry level qualifications",
        "Level 2 qualifications",
        "Apprenticeship",
        "Level 3 qualifications",
        "Level 4 qualifications and above",
        "Other qualifications",
    ),
}


def headings(table: str, *, suffix: bool | None = None) -> list[str]:
    """The published headings of a table without the three columns in front; `suffix` asks for the other style."""
    variable, *categories = HEADINGS[table]
    end = "; measures: Value" if (table in QUOTED if suffix is None else suffix) else ""
    return [f"{variable}: {category}{end}" for category in categories]


def nomis(path, table, rows, *, suffix=None, order=None, **options):
    """A whole bulk table. `rows` maps an area code to {category: figure}; what is not named is 0. `order` re-orders the
    columns (a list of positions, the three in front included)."""
    variable, *categories = HEADINGS[table]
    lines = [["date", "geography", "geography code", *headings(table, suffix=suffix)]]
    pairs = rows.items() if isinstance(rows, dict) else rows
    for code, figures in pairs:
        unknown = set(figures) - set(categories)
        assert not unknown, f"{table} has no {unknown}"
        cells = [figures.get(category, 0) for category in categories]
        lines.append(["2021", NAMES.get(code, "Elsewhere 001A"), code, *cells])
    if order is not None:
        lines = [[line[place] for place in order] for line in lines]
    quoted = table in QUOTED if suffix is None else suffix
    return csv_file(path, lines, quoting=csv.QUOTE_NONNUMERIC if quoted else csv.QUOTE_MINIMAL, **options)
