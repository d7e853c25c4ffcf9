"""QOF raw prevalence (PREVALENCE_*.csv): patients on each register of each practice, and the list it is a share of."""

from lsoa.models import Dataset
from lsoa.sources.base import Refused, Release, Stage
from lsoa.sources.practices.cells import PublishedTable, check_columns, english_practices, extent_of_codes
from lsoa.sources.tables import read_csv

from .registers import note_prevalences, register_rows, usable_registers
from .years import qof_year

COLUMNS = ["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE"]
TEXT = ["PRACTICE_CODE", "GROUP_CODE", "PATIENT_LIST_TYPE"]


class QofPrevalence(PublishedTable):
    key = "qof-prevalence"
    stage = Stage.VALUES
    columns = COLUMNS

    def recognises(self, material):
        return material.kind == "csv" and set(COLUMNS[:3]) <= set(material.columns)

    def release(self, material):
        check_columns(material, COLUMNS)
        return Release(
            title="Quality and Outcomes Framework, prevalence (raw data)",
            publisher="NHS England",
            release=qof_year(material),
            standing=Dataset.Standing.OFFICIAL,
            vintage=None,
        )

    def rows(self, material, context):
        frame = read_csv(material, COLUMNS, text_columns=TEXT, report=context.report)
        frame = english_practices(frame, "PRACTICE_CODE", context.report)
        frame = usable_registers(frame, context.report)
        if not len(frame):
            raise Refused(expected="registers with patients and a list", found="none")
        context.progress(0.3)
        context.extent = extent_of_codes(frame["PRACTICE_CODE"])
        note_prevalences(frame, context.report)
        yield register_rows(frame, qof_year(material))
