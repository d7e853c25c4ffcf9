"""Which primary care network a practice belongs to: the NHS workbook of networks, and the look-up of one ICB."""

import numpy as np
import pandas as pd

from lsoa.models import Dataset
from lsoa.sources.base import Refused, Release, Source, Stage

from .cells import PublishedTable, english_practices, extent_of_codes, read_text, without_duplicates
from .dates import read_dates, read_reported_dates
from .evidence import UNDATED, everywhere, network, or_none, practice_rows

# Headings of the members' sheet, their line breaks read as blanks.
MEMBER, MEMBER_NAME = "Partner Organisation Code", "Partner Name"
CODE, NAME = "PCN Code", "PCN Name"
JOINED, LEFT = "Practice to PCN Relationship Start Date", "Practice to PCN Relationship End Date"
HEADINGS = (MEMBER, MEMBER_NAME, CODE, NAME, JOINED, LEFT)


def on_one_line(cell) -> str:
    """A heading without line breaks and repeated blanks."""
    return " ".join(str(cell).split())


class NetworkMembers(Source):
    """ePCN: which practice has been in which network from when to when. The current network is kept."""

    key = "gp-network-members"
    stage = Stage.PRACTICES

    def recognises(self, material):
        return material.kind == "workbook" and self._sheet(material) is not None

    def _sheet(self, material) -> str | None:
        for name, rows in material.sheet_heads.items():
            if rows and set(HEADINGS) <= {on_one_line(cell) for cell in rows[0]}:
                return name
        return None

    def release(self, material):
        return Release(
            title="Primary care networks and their members (ePCN)",
            publisher="NHS England, Organisation Data Service",
            release=self._day(material)[:7],
            standing=Dataset.Standing.OFFICIAL,
            vintage=None,
        )

    def _day(self, material) -> str:
        """The last day on which a practice joined or left: the workbook names no day of its own."""
        days, _ = read_dates(pd.concat([self._members(material)[column] for column in (JOINED, LEFT)]))
        known = [day for day in days if day is not None]
        if not known:
            raise Refused(expected="days on which practices joined their network", found="none")
        return max(known).isoformat()

    def _members(self, material) -> pd.DataFrame:
        """The members as text; index = line of the sheet."""
        rows = material.sheet(self._sheet(material))
        headings = [on_one_line(cell) for cell in rows[0]]
        frame = pd.DataFrame(rows[1:], columns=headings, index=np.arange(2, len(rows) + 1))
        frame = frame[list(HEADINGS)].map(_text)
        return frame[(frame != "").any(axis=1)]

    def rows(self, material, context):
        report = context.report
        frame = english_practices(self._members(material), MEMBER, report)
        joined, left = (read_reported_dates(frame, column, MEMBER, report) for column in (JOINED, LEFT))
        frame = frame.assign(joined=joined, left=left)
        day = self._day(material)
        ended = np.array([end is not None and end.isoformat() < day for end in left], dtype=bool)
        report.skip("memberships that have ended", int(ended.sum()))
        current = frame[~ended].sort_values("joined", kind="stable", na_position="first")
        # A practice that joined another network without leaving the first is in the one it joined last.
        repeated = current.duplicated(MEMBER, keep="last")
        report.note_count("practices in two networks (the one joined last is kept)", int(repeated.sum()))
        current = current[~repeated].sort_index()
        context.extent = extent_of_codes(current[MEMBER])
        yield practice_rows(
            current,
            code=MEMBER,
            name=MEMBER_NAME,
            as_of=day,
            details=network(current, CODE, NAME, report),
        )
        yield self._left(frame, set(current[MEMBER]), day)

    def _left(self, frame, members, day):
        """Practices that have left every network: known to be in none."""
        gone = frame[~frame[MEMBER].isin(members)].drop_duplicates(MEMBER, keep="last")
        return practice_rows(
            gone,
            code=MEMBER,
            name=MEMBER_NAME,
            as_of=day,
            details={"network_code": everywhere(gone, ""), "network_name": everywhere(gone, "")},
        )


def _text(cell) -> str:
    """A cell as text: days of Excel as 2020-04-01, whole numbers without point."""
    if hasattr(cell, "isoformat"):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


class BirminghamSolihullLookup(PublishedTable):
    """Practice -> network -> locality, as the integrated care system of Birmingham and Solihull keeps it."""

    key = "bsol-practice-lookup"
    stage = Stage.PRACTICES
    columns = ["Practice_Code", "Type", "PCN", "PCN_Code", "Locality"]

    def recognises(self, material):
        return material.kind == "csv" and {"Practice_Code", "PCN_Code", "Locality_Code"} <= set(material.columns)

    def release(self, material):
        return Release(
            title="Practices, networks and localities of Birmingham and Solihull",
            publisher="Birmingham and Solihull ICS",
            release=material.options.get("period") or "2024-03",
            standing=Dataset.Standing.CONVERTED,
            vintage=None,
            extent="Birmingham and Solihull",
        )

    def rows(self, material, context):
        report = context.report
        frame = read_text(material, self.columns, report)
        branches = frame["Type"].str.casefold() == "branch"
        report.read(int(branches.sum()))
        report.skip("branches of a practice", int(branches.sum()))
        frame = english_practices(frame[~branches], "Practice_Code", report)
        frame = without_duplicates(frame, "Practice_Code", report)
        yield practice_rows(
            frame,
            code="Practice_Code",
            as_of=self.release(material).release,
            details=network(frame, "PCN_Code", "PCN", report) | {"locality": or_none(frame["Locality"])},
        )


class GeocodedPractices(PublishedTable):
    """Coordinates of the practices of one area, as a county's public health team mapped them."""

    key = "sussex-practice-locations"
    stage = Stage.PRACTICES
    columns = ["ODS_Code", "ODS_Name", "longitude", "latitude"]

    def recognises(self, material):
        return material.kind == "csv" and {*self.columns, "PCN_Name"} <= set(material.columns)

    def release(self, material):
        return Release(
            title="Where the practices of Sussex are",
            publisher="West Sussex County Council, public health",
            release=material.options.get("period") or UNDATED,
            standing=Dataset.Standing.CONVERTED,
            vintage=None,
            extent="Sussex",
        )

    def rows(self, material, context):
        report = context.report
        frame = english_practices(read_text(material, self.columns, report), "ODS_Code", report)
        frame = without_duplicates(frame, "ODS_Code", report)
        for column, low, high in (("longitude", -6.5, 2.0), ("latitude", 49.8, 55.9)):
            number = pd.to_numeric(frame[column], errors="coerce")
            outside = ~number.between(low, high)
            for line, code in frame.loc[outside, "ODS_Code"].items():
                report.reject(line, code, f"{column} {frame.at[line, column]!r} is not in England ({low} to {high})")
            frame = frame.assign(**{column: number})[~outside]
        report.note("Its numbers of patients are not kept: the file does not say of which day they are.")
        yield practice_rows(
            frame,
            code="ODS_Code",
            name="ODS_Name",
            lon="longitude",
            lat="latitude",
            as_of=self.release(material).release,
            details={"is_general_practice": everywhere(frame, True)},
        )
