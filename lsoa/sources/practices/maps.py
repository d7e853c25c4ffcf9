"""The map of "Patients Registered at a GP Practice": practice -> network, sub-ICB location (before: CCG), ICB (STP)."""

from dataclasses import dataclass

from lsoa.models import Dataset
from lsoa.sources.base import Stage

from .cells import (
    PublishedTable,
    check_columns,
    check_one_extract,
    english_practices,
    extent_of_codes,
    extract_day,
    patients_release,
    read_text,
    without_duplicates,
)
from .evidence import everywhere, network, or_none, practice_rows


@dataclass(frozen=True)
class Era:
    """What the columns were called: clinical commissioning groups until June 2022, sub-ICB locations since."""

    sub_icb: str
    icb: str


ERAS = (Era("ONS_SUB_ICB_LOCATION_CODE", "ONS_ICB_CODE"), Era("ONS_CCG_CODE", "ONS_STP_CODE"))
COLUMNS = ["EXTRACT_DATE", "PRACTICE_CODE", "PRACTICE_NAME", "PRACTICE_POSTCODE", "PCN_CODE", "PCN_NAME"]


class PracticeMap(PublishedTable):
    key = "gp-practice-map"
    stage = Stage.PRACTICES
    columns = COLUMNS

    def recognises(self, material):
        return material.kind == "csv" and {"PRACTICE_CODE", "PRACTICE_POSTCODE", "PCN_CODE"} <= set(material.columns)

    def _era(self, material) -> Era:
        era = next((era for era in ERAS if era.sub_icb in material.columns), ERAS[0])
        check_columns(material, [*COLUMNS, era.sub_icb, era.icb])
        return era

    def release(self, material):
        self._era(material)
        return patients_release(material, "map of practices to networks and boards", Dataset.Standing.OFFICIAL)

    def rows(self, material, context):
        era, report = self._era(material), context.report
        frame = read_text(material, [*COLUMNS, era.sub_icb, era.icb], report)
        check_one_extract(frame)
        frame = english_practices(frame, "PRACTICE_CODE", report, postcode="PRACTICE_POSTCODE")
        frame = without_duplicates(frame, "PRACTICE_CODE", report)
        report.note_count("practices", len(frame))
        context.extent = extent_of_codes(frame["PRACTICE_CODE"])
        yield practice_rows(
            frame,
            code="PRACTICE_CODE",
            name="PRACTICE_NAME",
            postcode="PRACTICE_POSTCODE",
            # On the day of the extract it had patients on its list.
            is_active=everywhere(frame, True),
            as_of=extract_day(material).isoformat(),
            details=network(frame, "PCN_CODE", "PCN_NAME", report)
            | {
                "sub_icb_code": or_none(frame[era.sub_icb]),
                "icb_code": or_none(frame[era.icb]),
                "is_general_practice": everywhere(frame, True),
            },
        )
