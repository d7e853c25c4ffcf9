"""Where practices are: postcode and LSOA of organisations (epraccur joined to the ONS Postcode Directory)."""

import re

from lsoa.models import Dataset
from lsoa.sources.base import Release, Stage

from .cells import PublishedTable, english_practices, read_text, without_duplicates
from .evidence import UNDATED, practice_rows

COLUMNS = ["PracticeCode", "PracticeName", "PostCode", "Status", "LSOAID"]
# The status code was A, C, D, P until 2025 and is a word since.
ACTIVE = {"ACTIVE", "A"}


class PracticeLocations(PublishedTable):
    key = "gp-practice-locations"
    stage = Stage.PRACTICES
    columns = COLUMNS

    def recognises(self, material):
        return material.kind == "csv" and set(COLUMNS) <= set(material.columns)

    def release(self, material):
        year = re.search(r"(?<!\d)20\d\d(?!\d)", material.name)
        return Release(
            title="GP practices (epraccur) with the LSOA of their postcode",
            publisher="NHS England ODS and Office for National Statistics",
            # The file itself carries no date.
            release=material.options.get("period") or (year.group() if year else UNDATED),
            standing=Dataset.Standing.CONVERTED,
            method="A practice stands at the centre of the LSOA of its postcode.",
        )

    def rows(self, material, context):
        report = context.report
        frame = read_text(material, COLUMNS, report)
        frame = english_practices(frame, "PracticeCode", report, postcode="PostCode")
        elsewhere = (frame["LSOAID"] != "") & ~frame["LSOAID"].str.startswith("E01")
        report.skip("practices outside England", int(elsewhere.sum()))
        frame = without_duplicates(frame[~elsewhere], "PracticeCode", report)
        report.note_count("practices without an LSOA", int((frame["LSOAID"] == "").sum()))
        yield practice_rows(
            frame,
            code="PracticeCode",
            name="PracticeName",
            postcode="PostCode",
            area_code="LSOAID",
            is_active=frame["Status"].str.upper().isin(ACTIVE).to_numpy(),
            as_of=self.release(material).release,
        )
