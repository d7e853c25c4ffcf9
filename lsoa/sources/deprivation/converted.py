"""The indices of deprivation as other projects have converted them: their column names, the publisher's figures."""

from dataclasses import dataclass

import numpy as np

from lsoa.catalogue.deprivation import MEASURES
from lsoa.models import Dataset
from lsoa.models.indicators import MissingReason

from ..base import Release, Source, Stage
from ..tables import check_vintage, english_rows, extent_of, find_headings, read_table
from .checks import Cells, check_measure
from .headings import AREAS
from .official import PUBLISHER, read_cells, value_rows


@dataclass(frozen=True)
class Column:
    """An indicator and what its figures are multiplied by. `withheld`: blank because the number is small."""

    indicator: str
    scale: float = 1
    withheld: bool = False


# The package's names of measures: domains in one table, sub-domains in another, in two spellings.
DOMAIN_NAMES = {
    "IMD": "imd",
    "Income": "income",
    "Employment": "employment",
    "Education": "education",
    "Health": "health",
    "Crime": "crime",
    "Housing_and_Services": "barriers",
    "Environment": "environment",
}
SUB_DOMAIN_NAMES = {
    "children_and_young_people": "children_young_people",
    "adult_skills": "adult_skills",
    "geographical_barriers": "geographical_barriers",
    "wider_barriers": "wider_barriers",
    "indoors": "indoors",
    "outdoors": "outdoors",
}
SUB_DOMAIN_NAMES_2019 = {name.capitalize(): key for name, key in SUB_DOMAIN_NAMES.items()} | {
    "Education": "education",
    "Housing_and_Access": "barriers",
    "Environment": "environment",
}


def _measures(names: dict[str, str], *kinds: str) -> dict[str, Column]:
    return {f"{name}_{kind}": Column(f"{key}_{kind}") for kind in kinds for name, key in names.items()}


NUMERATORS = {
    "income_domain_numerator": Column("income_deprived_people", withheld=True),
    "income_deprivation_affecting_children_index_idaci_numerator": Column("income_deprived_children", withheld=True),
    "income_deprivation_affecting_older_people_index_idaopi_numerator": Column(
        "income_deprived_older_people", withheld=True
    ),
    "employment_domain_numerator": Column("employment_deprived_people", withheld=True),
}
# In both releases under the same name.
SHARED = NUMERATORS | {
    name: Column(code)
    for name, code in {
        "entry_to_higher_education_indicator": "not_entering_university",
        "adult_skills_and_english_language_proficiency_indicator": "low_adult_skills",
        "years_of_potential_life_lost_indicator": "years_of_potential_life_lost",
        "comparative_illness_and_disability_ratio_indicator": "comparative_illness_ratio",
        "acute_morbidity_indicator": "acute_morbidity_ratio",
        "owner_occupation_affordability_component_of_housing_affordability_indicator": "owner_unaffordability",
        "private_rental_affordability_component_of_housing_affordability_indicator": "rental_unaffordability",
        "housing_affordability_indicator": "housing_unaffordability_score",
    }.items()
}
INDICATORS_2019 = SHARED | {
    name: Column(code)
    for name, code in {
        "staying_on_in_education_post_16_indicator": "not_staying_in_education",
        "mood_and_anxiety_disorders_indicator": "mood_anxiety_score",
        "road_distance_to_a_post_office_indicator_km": "post_office_distance_km",
        "road_distance_to_a_primary_school_indicator_km": "primary_school_distance_km",
        "road_distance_to_general_store_or_supermarket_indicator_km": "food_shop_distance_km",
        "road_distance_to_a_gp_surgery_indicator_km": "gp_distance_km",
        "household_overcrowding_indicator": "household_overcrowding",
        "homelessness_indicator_rate_per_1000_households": "homelessness_rate",
        "housing_in_poor_condition_indicator": "poor_housing",
        "houses_without_central_heating_indicator": "no_central_heating",
        "road_traffic_accidents_indicator": "road_accidents",
        "nitrogen_dioxide_component_of_air_quality_indicator": "nitrogen_dioxide_ratio",
        "benzene_component_of_air_quality_indicator": "benzene_ratio",
        "sulphur_dioxide_component_of_air_quality_indicator": "sulphur_dioxide_ratio",
        "particulates_component_of_air_quality_indicator": "particulates_ratio",
        "air_quality_indicator": "air_quality_ratio",
    }.items()
}
INDICATORS_2025 = SHARED | {
    name: Column(code)
    for name, code in {
        "mental_health_indicator": "mental_health_score",
        "violence_with_injury_rate_per_1_000_at_risk_population": "violence_injury_rate",
        "violence_without_injury_rate_per_1_000_at_risk_population": "violence_no_injury_rate",
        "stalking_and_harassment_rate_per_1_000_at_risk_population": "stalking_harassment_rate",
        "burglary_rate_per_1_000_at_risk_properties": "burglary_rate",
        "theft_rate_per_1_000_at_risk_population": "theft_rate",
        "criminal_damage_rate_per_1_000_at_risk_population": "criminal_damage_rate",
        "public_order_and_possession_of_weapons_rate_per_1_000_at_risk_population": "public_order_weapons_rate",
        "anti_social_behaviour_rate_per_1_000_at_risk_population": "antisocial_behaviour_rate",
        "connectivity_score": "connectivity_score",
        "digital_connectivity_broadband_download_and_upload_speeds": "broadband_score",
        "core_homelessness_rate_percent_of_households": "core_homelessness_rate",
        "patient_to_gp_ratio": "patients_per_gp",
        "homelessness_indicator_rate_per_1_000_households": "homelessness_rate",
        "household_overcrowding_indicator_rooms": "household_overcrowding_rooms",
        "household_overcrowding_indicator_bedrooms": "household_overcrowding_bedrooms",
    }.items()
}
# Per cent in that table; the publisher's rates are proportions. Its deciles are left alone: in three areas at the edge
# of a decile they are not the publisher's.
SCORES_2019 = {
    "overall_local_score": Column("imd_score"),
    "income_score": Column("income_score", 0.01),
    "employment_score": Column("employment_score", 0.01),
}
R_PACKAGE = "Column names of the R package IMD; figures unchanged."


class ConvertedTable(Source):
    """One converted table, recognised by its code column and most of its other columns."""

    stage = Stage.VALUES

    def __init__(self, key, title, release, code, columns, method=R_PACKAGE):
        self.key, self.title, self.year, self.code = key, title, release, code
        self.columns, self.method = columns, method

    def recognises(self, material):
        if material.kind not in ("csv", "workbook"):
            return False
        return self._headings(material) is not None

    def _headings(self, material):
        wanted = set(self.columns)
        return find_headings(
            material, lambda cells: self.code in cells and len(wanted.intersection(cells)) > 0.6 * len(wanted)
        )

    def headings(self):
        """The headings that such a table has."""
        return [(self.code, *self.columns)]

    def release(self, material):
        return Release(
            title=f"English indices of deprivation {self.year}, {self.title} (converted)",
            publisher=PUBLISHER,
            release=self.year,
            standing=Dataset.Standing.CONVERTED,
            vintage=2011 if self.year == "2019" else 2021,
            method=self.method,
        )

    def rows(self, material, context):
        headings = self._headings(material)
        frame = read_table(material, headings, [self.code, *self.columns], [self.code], context.report)
        frame = english_rows(frame, self.code, context.report)
        check_vintage(frame[self.code], 2011 if self.year == "2019" else 2021)
        context.extent = extent_of(frame[self.code].to_list(), [""] * len(frame))
        cells = Cells(frame.index, frame[self.code], context.report)
        for heading, column in self.columns.items():
            read_cells(cells, frame, heading, column.indicator, self.code, column.scale)
            if column.withheld:
                # The least number in such a column is 10: what is blank was too small to publish.
                blank = cells.reasons[column.indicator] == MissingReason.BLANK.value
                cells.reasons[column.indicator] = np.where(
                    blank, MissingReason.SUPPRESSED.value, cells.reasons[column.indicator]
                ).astype(object)
        for measure in MEASURES:
            check_measure(cells, measure.key, AREAS[self.year])
        yield from value_rows(cells, self.year)


CONVERTED_TABLES = [
    # The indicators of 2019 and 2025 differ: neither takes the place of the other.
    ConvertedTable("iod2019-indicators", "underlying indicators", "2019", "lsoa11_code", INDICATORS_2019),
    ConvertedTable("iod2025-indicators", "underlying indicators", "2025", "lsoa21_code", INDICATORS_2025),
    ConvertedTable(
        "deprivation-subdomains-converted",
        "ranks and deciles of sub-domains",
        "2019",
        "lsoa11_code",
        _measures(SUB_DOMAIN_NAMES_2019, "rank", "decile"),
    ),
    ConvertedTable(
        "deprivation-subdomains-converted",
        "scores, ranks and deciles of sub-domains",
        "2025",
        "lsoa21_code",
        _measures(SUB_DOMAIN_NAMES, "score", "rank", "decile"),
    ),
    ConvertedTable(
        "deprivation-domains-converted",
        "scores, ranks and deciles of domains",
        "2025",
        "lsoa21_code",
        _measures(DOMAIN_NAMES, "score", "rank", "decile"),
    ),
    ConvertedTable(
        "deprivation-scores-converted",
        "scores",
        "2019",
        "lsoa",
        SCORES_2019,
        "From the composite UK index: income and employment scores in per cent there, divided by 100 here.",
    ),
]
