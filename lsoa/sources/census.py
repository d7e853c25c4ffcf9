"""Census 2021 topic summaries at LSOA, Nomis bulk CSV: shares of people and households that raise need."""

from dataclasses import dataclass

import numpy as np

from lsoa.models import Dataset
from lsoa.models.indicators import MissingReason

from .base import ONS, Refused, Release, Source, Stage
from .rows import ValueRows
from .tables import as_numbers, check_vintage_2021, english_rows, extent_of, first_reason, read_csv

KEYS = ["date", "geography", "geography code"]
# One of the two header styles ends every heading with this.
SUFFIX = "; measures: Value"


@dataclass(frozen=True)
class Share:
    """An indicator as 100 x sum(parts) / whole; with `complement`, 100 x (whole - sum(parts)) / whole.
    Without parts it is the whole itself."""

    indicator: str
    whole: str
    parts: tuple[str, ...] = ()
    complement: bool = False


@dataclass(frozen=True)
class Table:
    """One topic summary. Headings are the table's variable and a category, e.g. "Age: Total"."""

    name: str
    title: str
    variable: str
    shares: tuple[Share, ...]

    def headings(self) -> list[str]:
        wanted = [part for share in self.shares for part in (share.whole, *share.parts)]
        return [f"{self.variable}: {category}" for category in dict.fromkeys(wanted)]


_NOT_ENGLISH = "Main language is not English (English or Welsh in Wales)"
TABLES = (
    Table(
        "TS003",
        "Household composition",
        "Household composition",
        (Share("lives_alone66_share", "Total", ("One person household: Aged 66 years and over",)),),
    ),
    Table(
        "TS007A",
        "Age by five-year age bands",
        "Age",
        (
            Share("population", "Total"),
            Share(
                "age75_share",
                "Total",
                ("Aged 75 to 79 years", "Aged 80 to 84 years", "Aged 85 years and over"),
            ),
        ),
    ),
    Table(
        "TS021",
        "Ethnic group",
        "Ethnic group",
        (Share("ethnic_minority_share", "Total: All usual residents", ("White",), complement=True),),
    ),
    Table(
        "TS029",
        "Proficiency in English",
        "Proficiency in English language",
        (
            Share(
                "low_english_share",
                "Total: All usual residents aged 3 years and over",
                (f"{_NOT_ENGLISH}: Cannot speak English well", f"{_NOT_ENGLISH}: Cannot speak English"),
            ),
        ),
    ),
    Table(
        "TS037",
        "General health",
        "General health",
        (Share("bad_health_share", "Total: All usual residents", ("Bad health", "Very bad health")),),
    ),
    Table(
        "TS039",
        "Provision of unpaid care",
        "Provision of unpaid care",
        (
            Share(
                "unpaid_care_50h_share",
                "Total: All usual residents aged 5 and over",
                ("Provides 50 or more hours unpaid care a week",),
            ),
        ),
    ),
    Table(
        "TS045",
        "Car or van availability",
        "Number of cars or vans",
        (
            Share("households", "Total: All households"),
            Share("no_car_share", "Total: All households", ("No cars or vans in household",)),
        ),
    ),
)


class NomisTable(Source):
    """One topic summary of the seven; the same code reads them all."""

    stage = Stage.VALUES

    def __init__(self, table: Table):
        self.table = table
        self.key = f"census2021-{table.name.lower()}"

    def recognises(self, material):
        headings = _plain(material.columns)
        return (
            material.kind == "csv"
            and headings[: len(KEYS)] == KEYS
            # The first category heading decides; which of the others are there is checked when the file is read.
            and len(headings) > len(KEYS)
            and headings[len(KEYS)].partition(": ")[0] == self.table.variable
            # TS007 (single years of age) shares the variable with TS007A.
            and not (self.table.name == "TS007A" and len(headings) > 40)
        )

    def release(self, material):
        return Release(
            title=f"Census 2021, {self.table.name}: {self.table.title}",
            publisher=f"{ONS} via Nomis",
            release="2021",
            standing=Dataset.Standing.OFFICIAL,
        )

    def rows(self, material, context):
        headings = _plain(material.columns)
        wanted = self.table.headings()
        absent = [heading for heading in wanted if heading not in headings]
        if absent:
            raise Refused(expected=f"the column {absent[0]!r}", found=", ".join(headings[3:9]) + ", ...")
        published = [material.columns[headings.index(name)] for name in KEYS + wanted]
        frame = read_csv(material, published, text_columns=[published[1], published[2]], report=context.report)
        frame.columns = KEYS + wanted
        _check_period(frame)
        frame = english_rows(frame, "geography code", context.report)
        check_vintage_2021(frame["geography code"])
        context.extent = extent_of(frame["geography code"].to_list(), frame["geography"])
        frame, cells = _read_cells(frame, wanted, context.report)
        for share in self.table.shares:
            yield self._values(share, frame, cells)

    def _values(self, share, frame, cells) -> ValueRows:
        whole, reason = cells[f"{self.table.variable}: {share.whole}"]
        value, method = whole, "published"
        if share.parts:
            parts = [cells[f"{self.table.variable}: {part}"] for part in share.parts]
            counted = sum(numbers for numbers, _ in parts)
            counted = whole - counted if share.complement else counted
            reason = first_reason(reason, *(reasons for _, reasons in parts))
            with np.errstate(invalid="ignore", divide="ignore"):
                value = np.round(100 * counted / whole, 4)
            nobody = whole == 0
            value[nobody] = np.nan
            reason[nobody] = MissingReason.NOT_APPLICABLE.value
            method = "share"
        return ValueRows(
            indicator=share.indicator,
            period="2021",
            line=frame.index.to_numpy(),
            code=frame["geography code"].to_numpy(),
            value=value,
            reason=reason,
            method=method,
        )


def _plain(columns) -> list[str]:
    return [column.removesuffix(SUFFIX) for column in columns]


def _check_period(frame):
    periods = set(frame["date"].astype(str).str.strip().str.removesuffix(".0").unique()) - {"nan", ""}
    if periods - {"2021"}:
        raise Refused(expected="the date 2021", found=", ".join(sorted(periods)[:5]))


def _read_cells(frame, headings, report):
    """(rows whose cells are all readable, {heading: (numbers, reasons)}); other rows are rejected with their line."""
    unreadable = np.zeros(len(frame), dtype=bool)
    for heading in headings:
        _, _, bad = as_numbers(frame[heading])
        for line, code, cell in zip(
            frame.index[bad], frame.loc[bad, "geography code"], frame.loc[bad, heading], strict=True
        ):
            report.reject(line, code, f"{heading[:120]}: {str(cell)[:40]!r} is not a number")
        unreadable |= bad
    frame = frame[~unreadable]
    return frame, {heading: as_numbers(frame[heading])[:2] for heading in headings}


NOMIS_TABLES = [NomisTable(table) for table in TABLES]
