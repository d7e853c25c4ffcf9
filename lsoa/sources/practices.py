"""GP practices with postcode and LSOA: epraccur joined to the ONS Postcode Directory."""

import re

import numpy as np

from lsoa.models import Dataset

from .base import Release, Source, Stage
from .rows import PracticeRows
from .tables import read_csv

COLUMNS = ["PracticeCode", "PracticeName", "PostCode", "Status", "LSOAID"]
# The status code was A, C, D until 2025 and is a word since.
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
        frame = read_csv(material, COLUMNS, text_columns=COLUMNS, report=context.report).fillna("")
        frame = frame.apply(lambda column: column.str.strip())
        context.report.read(len(frame))
        nameless = frame["PracticeCode"] == ""
        for line in frame.index[nameless]:
            context.report.reject(line, "", "no practice code")
        frame = frame[~nameless]
        elsewhere = (frame["LSOAID"] != "") & ~frame["LSOAID"].str.startswith("E01")
        context.report.skip("Practices outside England", int(elsewhere.sum()))
        frame = frame[~elsewhere]
        context.report.note_count("practices without an LSOA", int((frame["LSOAID"] == "").sum()))
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
