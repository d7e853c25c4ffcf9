"""epraccur, the NHS directory of prescribing organisations: 27 columns without a row of headings.

Most of its organisations are no general practices (prisons, clinics, hospices ...): the prescribing setting tells.
"""

import io
import re
from contextlib import closing

import numpy as np
import pandas as pd

from lsoa.models import Dataset
from lsoa.sources.base import Refused, Release, Source, Stage
from lsoa.sources.delimited import read_blocks

from .cells import english_practices, extent_of_codes, without_duplicates
from .dates import read_date, read_reported_dates
from .evidence import UNDATED, everywhere, practice_rows

COLUMNS = (
    "Organisation Code", "Name", "National Grouping", "High Level Health Geography", "Address Line 1",
    "Address Line 2", "Address Line 3", "Address Line 4", "Address Line 5", "Postcode", "Open Date", "Close Date",
    "Status Code", "Organisation Sub-Type Code", "Commissioner", "Join Provider/Purchaser Date",
    "Left Provider/Purchaser Date", "Contact Telephone Number", "Null 1", "Null 2", "Null 3",
    "Amended Record Indicator", "Null 4", "Provider/Purchaser", "Null 5", "Prescribing Setting", "Null 6",
)  # fmt: skip
ADDRESS = [f"Address Line {n}" for n in range(1, 6)]
USED = ["Organisation Code", "Name", "National Grouping", "Postcode", "Open Date", "Close Date", "Status Code"]
# Until 2025 one letter (active, closed, dormant, proposed), words since. Whether the organisation works today.
STATUS = {
    "A": True, "C": False, "D": False, "P": False,
    "ACTIVE": True, "INACTIVE": False, "DORMANT": False, "PROPOSED": False,
}  # fmt: skip
# Until 2025 a number, since then a role of the directory; some organisations have several, as in RO76|RO268.
GENERAL_PRACTICE = {"4", "RO76"}
SETTING = re.compile(r"^(?:[0-9]{1,2}|RO[0-9]+(?:\|RO[0-9]+)*|)$")
CODE = re.compile(r"^[A-Z0-9]{3,9}$")
MONTH_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])?(?!\d)")


class PracticeDirectory(Source):
    key = "gp-practice-directory"
    stage = Stage.PRACTICES

    def recognises(self, material):
        """By the shape of the first row, since there are no headings: code, day, status and setting in their place."""
        row = material.first_rows[0][1] if material.kind == "csv" and material.first_rows else []
        if len(row) != len(COLUMNS):
            return False
        first = dict(zip(COLUMNS, row, strict=True))
        return bool(
            CODE.match(first["Organisation Code"])
            and first["Status Code"].upper() in STATUS
            and SETTING.match(first["Prescribing Setting"])
            and (not first["Open Date"] or read_date(first["Open Date"]))
        )

    def release(self, material):
        return Release(
            title="GP practices (epraccur)",
            publisher="NHS England, Organisation Data Service",
            release=_month(material),
            standing=Dataset.Standing.OFFICIAL,
            vintage=None,
        )

    def rows(self, material, context):
        report = context.report
        frame = _read(material, report)
        general = _general_practices(frame, report)
        frame = english_practices(frame[general], "Organisation Code", report, postcode="Postcode")
        frame = without_duplicates(frame, "Organisation Code", report)
        status = frame["Status Code"].str.upper().map(STATUS)
        for line, code in frame.loc[status.isna(), "Organisation Code"].items():
            report.reject(line, code, f"unknown status {frame.at[line, 'Status Code']!r}")
        frame, status = frame[status.notna()], status[status.notna()]
        if not len(frame):
            raise Refused(expected="general practices (prescribing setting 4 or RO76) in England", found="none")
        opened, closed = (
            read_reported_dates(frame, column, "Organisation Code", report) for column in ("Open Date", "Close Date")
        )
        active = status.to_numpy(dtype=bool)
        report.note_count("general practices in England that are open", int(active.sum()))
        report.note_count("general practices in England that are closed or dormant", int((~active).sum()))
        context.extent = extent_of_codes(frame["Organisation Code"])
        address = frame[ADDRESS].apply(lambda cells: ", ".join(cell for cell in cells if cell), axis=1)
        yield practice_rows(
            frame,
            code="Organisation Code",
            name="Name",
            postcode="Postcode",
            is_active=active,
            as_of=_month(material),
            details={
                "opened_on": opened,
                "closed_on": closed,
                "address": address.str.slice(0, 300).to_numpy(),
                "is_general_practice": everywhere(frame, True),
            },
        )


def _month(material) -> str:
    """ "2026-02" as stated (`--period`) or from a name like epraccur_2026-02.csv; the file itself carries no date."""
    stated = material.options.get("period", "")
    found = MONTH_IN_NAME.search(stated or material.name)
    if found is None:
        return UNDATED
    return f"{found[1]}-{found[2]}" if found[2] else found[1]


def _read(material, report) -> pd.DataFrame:
    """All rows as text without surrounding blanks; index = line in the file."""
    frames = []
    sign = material.delimiter
    with closing(material.open_text()) as stream:
        for block in read_blocks(stream, delimiter=sign, cells=len(COLUMNS), skip_lines=0):
            report.read(len(block.bad))
            for line, reason in block.bad:
                report.reject(line, "", reason)
            rows = io.BytesIO(block.data)
            frame = pd.read_csv(rows, header=None, names=COLUMNS, dtype=str, keep_default_na=False, sep=sign)
            frames.append(frame.set_axis(np.asarray(block.lines), axis="index"))
    if not frames:
        raise Refused(expected="rows of organisations", found="none")
    return pd.concat(frames).apply(lambda column: column.str.strip())


def _general_practices(frame, report) -> np.ndarray:
    """Which rows are general practices; the others are counted as read and skipped."""
    settings = frame["Prescribing Setting"].str.upper().str.split("|", regex=False)
    general = np.array([bool(GENERAL_PRACTICE.intersection(roles)) for roles in settings])
    report.read(int((~general).sum()))
    report.skip("organisations that are no general practices", int((~general).sum()))
    alone = general & frame["Prescribing Setting"].str.upper().isin(GENERAL_PRACTICE).to_numpy()
    active = frame["Status Code"].str.upper().map(STATUS).eq(True).to_numpy()
    report.note_count("active general practices, Wales included", int((alone & active).sum()))
    report.note_count("general practices with a second prescribing setting", int((general & ~alone).sum()))
    return general
