"""NHS Payments to General Practice: address, postcode, rurality, list, days of opening and closing."""

import re

import numpy as np

from lsoa.models import Dataset
from lsoa.sources.base import Release, Stage
from lsoa.sources.rows import RecordRows
from lsoa.sources.tables import as_numbers

from .cells import PublishedTable, check_columns, english_practices, extent_of_codes, read_text, without_duplicates
from .dates import read_reported_dates
from .evidence import network, practice_rows

LIST = "Number of Registered Patients (Last Known Figure)"
OPEN, CLOSE = "Practice Open Date", "Practice Close Date"
# The network stands under headings of the CCG that was there before it.
NETWORK_CODE, NETWORK_NAME = "Code", "CCG NAME"
COLUMNS = [
    "Practice Code", "Practice Name", "Practice Address", "Practice Postcode", OPEN, CLOSE, "Practice type",
    "Practice Rurality", NETWORK_CODE, NETWORK_NAME, LIST,
]  # fmt: skip
YEAR = re.compile(r"(?<!\d)(?:20)?(\d\d)[-_](?:20)?(\d\d)(?!\d)")
IS_RURAL = {"URBAN": False, "RURAL": True}


class PracticePayments(PublishedTable):
    key = "gp-payments"
    stage = Stage.PRACTICES
    columns = COLUMNS

    def recognises(self, material):
        return material.kind == "csv" and {"Practice Code", "Practice Rurality", LIST} <= set(material.columns)

    def release(self, material):
        check_columns(material, COLUMNS)
        return Release(
            title="NHS Payments to General Practice",
            publisher="NHS England",
            release=_year(material),
            standing=Dataset.Standing.OFFICIAL,
            vintage=None,
        )

    def rows(self, material, context):
        report = context.report
        frame = read_text(material, COLUMNS, report)
        frame = english_practices(frame, "Practice Code", report, postcode="Practice Postcode")
        frame = without_duplicates(frame, "Practice Code", report)
        context.extent = extent_of_codes(frame["Practice Code"])
        opened, closed = (read_reported_dates(frame, column, "Practice Code", report) for column in (OPEN, CLOSE))
        kind = frame["Practice type"].str.casefold()
        rural = frame["Practice Rurality"].str.upper().map(IS_RURAL)
        yield practice_rows(
            frame,
            code="Practice Code",
            name="Practice Name",
            postcode="Practice Postcode",
            # Paid within the year, so it was there; a day of closing is evidence that it is no more.
            is_active=np.array([day is None for day in closed], dtype=object),
            as_of=_year_end(_year(material)),
            details=network(frame, NETWORK_CODE, NETWORK_NAME, report)
            | {
                "opened_on": opened,
                "closed_on": closed,
                "address": frame["Practice Address"].str.split().str.join(" ").str.slice(0, 300).to_numpy(),
                "is_rural": rural.astype(object).where(rural.notna(), None).to_numpy(),
                "is_general_practice": np.where(kind == "gp practice", True, None),
            },
        )
        yield from self._lists(frame, report)

    def _lists(self, frame, report):
        """Means over the year's quarters, so they have fractions."""
        patients, missing, unreadable = as_numbers(frame[LIST])
        with np.errstate(invalid="ignore"):
            bad = unreadable | (patients < 0)
        for line, code in frame.loc[bad, "Practice Code"].items():
            report.reject(line, code, f"{LIST} {frame.at[line, LIST]!r} is no number of patients")
        kept = ~bad & (missing == "")
        yield RecordRows(
            model="PracticeList",
            line=frame.index.to_numpy()[kept],
            columns={"practice_code": frame["Practice Code"].to_numpy()[kept], "patients": patients[kept]},
            key=("practice_code",),
        )


def _year(material) -> str:
    """ "2022-23" as stated (`--period`) or from the name; "undated" when neither tells."""
    for found in YEAR.finditer(material.options.get("period", "") or material.name):
        if (int(found[1]) + 1) % 100 == int(found[2]):
            return f"20{found[1]}-{found[2]}"
    return "undated"


def _year_end(year: str) -> str:
    return f"20{year[-2:]}-03-31" if year[0].isdigit() else year
