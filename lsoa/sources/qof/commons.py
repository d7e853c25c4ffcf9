"""Prevalence by local authority as the House of Commons Library attributed it: what our attribution is held to."""

import numpy as np

from lsoa.models import Dataset
from lsoa.sources.base import Release, Stage
from lsoa.sources.practices.cells import PublishedTable, check_columns, read_text
from lsoa.sources.rows import RecordRows
from lsoa.sources.tables import as_numbers

from .years import qof_year

COLUMNS = ["lad_code", "lad_name", "group_code", "register", "list", "prevalence"]
# Authorities of England; 296 to 317 since 2019.
NATIONAL_AUTHORITIES = 290


class AuthorityPrevalence(PublishedTable):
    """Registers carried from practices to areas by where patients live, then summed by local authority."""

    key = "commons-lad-prevalence"
    stage = Stage.VALUES
    columns = COLUMNS

    def recognises(self, material):
        return material.kind == "csv" and {"lad_code", "group_code", "prevalence"} <= set(material.columns)

    def release(self, material):
        check_columns(material, COLUMNS)
        return Release(
            title="Prevalence of conditions by local authority, from the Quality and Outcomes Framework",
            publisher="House of Commons Library",
            release=qof_year(material),
            standing=Dataset.Standing.ASSEMBLED,
            licence="Open Parliament Licence v3.0 and Open Government Licence v3.0",
            vintage=None,
            method="Practice registers apportioned to LSOAs by where patients live, age and long-term illness.",
        )

    def rows(self, material, context):
        report = context.report
        frame = read_text(material, COLUMNS, report)
        report.read(len(frame))
        welsh = frame["lad_code"].str.match(r"^W0[0-9]{7}$")
        report.skip("Welsh authorities' rows", int(welsh.sum()))
        english = frame["lad_code"].str.match(r"^E0[6-9][0-9]{6}$")
        for line, code in frame.loc[~(welsh | english), "lad_code"].items():
            report.reject(line, code, "not the code of a local authority")
        frame = self._figures(frame[english], report)
        authorities = frame["lad_code"].nunique()
        report.note_count("local authorities", authorities)
        context.extent = "England" if authorities >= NATIONAL_AUTHORITIES else f"{authorities} local authorities"
        length = len(frame)
        yield RecordRows(
            model="PlaceFigure",
            line=frame.index.to_numpy(),
            columns={
                "indicator": frame["group_code"].to_numpy(),
                "name": np.array([f"{code} register, % of its list" for code in frame["group_code"]], dtype=object),
                "place_kind": ["local_authority"] * length,
                "place_code": frame["lad_code"].to_numpy(),
                "place_name": frame["lad_name"].str.slice(0, 200).to_numpy(),
                "period": [qof_year(material)] * length,
                "value": np.round(100 * frame["prevalence"].to_numpy(dtype=float), 6),
                "count": frame["register"].to_numpy(dtype=float),
                "denominator": frame["list"].to_numpy(dtype=float),
            },
            key=("indicator", "place_code"),
        )

    def _figures(self, frame, report):
        """Rows whose three numbers are there and agree."""
        columns = {name: as_numbers(frame[name])[0] for name in COLUMNS[3:]}
        frame = frame.assign(**columns)
        register, size, share = (columns[name] for name in COLUMNS[3:])
        with np.errstate(invalid="ignore", divide="ignore"):
            absent = np.isnan(register) | np.isnan(size) | np.isnan(share)
            apart = ~absent & ~(np.abs(register / size - share) < 1e-4)
        outside = ~absent & ((share < 0) | (share > 1))
        reasons = np.select(
            [frame["group_code"].eq("").to_numpy(), absent, outside, apart],
            [
                "no register's code",
                "register, list or prevalence is not a number",
                "prevalence is not between 0 and 1",
                "prevalence is not register over list",
            ],
            default="",
        )
        bad = reasons != ""
        for line, code, reason in zip(frame.index[bad], frame.loc[bad, "lad_code"], reasons[bad], strict=True):
            report.reject(line, code, f"{frame.at[line, 'group_code']}: {reason}")
        return frame[~bad]
