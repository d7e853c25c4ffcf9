"""Where practices are: postcode and LSOA of organisations (epraccur joined to the ONS Postcode Directory)."""

import re

import numpy as np

from lsoa.models import Dataset
from lsoa.sources.base import Release, Source, Stage
from lsoa.sources.rows import PracticeRows

from .cells import english_practices, read_text, without_duplicates

COLUMNS = ["PracticeCode", "PracticeName", "PostCode", "Status", "LSOAID"]
# The status code was A, C, D, P until 2025 and is a word since.
ACTIVE = {"ACTIVE", "A"}


class PracticeLocations(Source):
    key = "gp-practice-locations"
    stage = Stage.PRACTICES

    def recognises(self, material):
        return material.kind == "csv" and set(COLUMNS) <= set(material.columns)

    def release(self, material):
        year = re.search(r"(?<!\d)20\d\d(?!\d)", material.name)
        return Release(
            title="GP practices (epraccur) with the LSOA of their postcode",
            publisher="NHS England ODS and Office for National Statistics",
            # The file itself carries no date.
            release=year.group() if year else "undated",
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
        nowhere = np.full(len(frame), np.nan)
        yield PracticeRows(
            line=frame.index.to_numpy(),
            code=frame["PracticeCode"].to_numpy(),
            name=frame["PracticeName"].str.slice(0, 150).to_numpy(),
            postcode=frame["PostCode"].str.slice(0, 8).to_numpy(),
            lon=nowhere,
            lat=nowhere,
            area_code=frame["LSOAID"].to_numpy(),
            is_active=frame["Status"].str.upper().isin(ACTIVE).to_numpy(),
        )
