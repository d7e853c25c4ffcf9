"""How LSOAs of 2011 became those of 2021: the ONS look-up, under its own headings and as converted."""

from lsoa.models import AreaChange, Dataset

from ..base import ONS, Refused, Release, Source, Stage
from ..rows import AreaChangeRows
from ..tables import english_rows, extent_of, read_csv

OFFICIAL = ("LSOA11CD", "LSOA11NM", "CHGIND", "LSOA21CD")
CONVERTED = ("lsoa11_code", "lsoa11_name", "change_code", "lsoa21_code")


class AreaChanges(Source):
    """Pairs of a 2011 and a 2021 area with U (unchanged), S (split), M (merged) or X (irregular)."""

    key = "lsoa11-lsoa21-changes"
    stage = Stage.LOOKUPS

    def headings(self):
        return [OFFICIAL, CONVERTED]

    def _columns(self, material):
        return next((x for x in (OFFICIAL, CONVERTED) if set(x) <= set(material.columns)), None)

    def recognises(self, material):
        return material.kind == "csv" and self._columns(material) is not None

    def release(self, material):
        official = self._columns(material) == OFFICIAL
        title = "LSOA (2011) to LSOA (2021) to Local Authority District (2022) Best Fit Lookup"
        return Release(
            title=title if official else f"{title}, as converted in geographr",
            publisher=ONS,
            release="2022",
            standing=Dataset.Standing.OFFICIAL if official else Dataset.Standing.CONVERTED,
            # It is about both.
            vintage=None,
        )

    def rows(self, material, context):
        report = context.report
        columns = list(self._columns(material))
        old, name, kind, new = columns
        frame = read_csv(material, columns, text_columns=columns, report=report).fillna("")
        frame = english_rows(frame, old, report)
        for column in (kind, new):
            frame[column] = frame[column].astype(str).str.strip()
        odd = ~frame[new].str.match(r"^E01[0-9]{6}$") | ~frame[kind].isin(AreaChange.Kind.values)
        for line, code, became, what in zip(
            frame.index[odd], frame.loc[odd, old], frame.loc[odd, new], frame.loc[odd, kind], strict=True
        ):
            report.reject(line, code, f"{became[:20]!r} with the change {what[:10]!r} is no 2021 area and U, S, M or X")
        frame = _without_repeats(frame[~odd], old, new, report)
        if not len(frame):
            raise Refused(expected="pairs of English LSOAs of 2011 and 2021", found="none")
        _check_kinds(frame, old, new, kind)
        context.extent = extent_of(frame[old].unique().tolist(), frame[name])
        for letter, number in frame[kind].value_counts().sort_index().items():
            report.note_count(f"pairs: {AreaChange.Kind(letter).label.lower()}", int(number))
        yield AreaChangeRows(
            line=frame.index.to_numpy(),
            code_2011=frame[old].to_numpy(),
            code_2021=frame[new].to_numpy(),
            kind=frame[kind].to_numpy(),
        )


def _without_repeats(frame, old, new, report):
    repeated = frame.duplicated([old, new])
    for line, code in frame.loc[repeated, old].items():
        report.reject(line, code, "a pair that stands further up")
    return frame[~repeated]


def _check_kinds(frame, old, new, kind):
    """Raises Refused for pairs that cannot be what they say: then columns are mixed up or rows are lost."""
    children, parents = frame.groupby(old)[new].transform("size"), frame.groupby(new)[old].transform("size")
    rules = {
        "U": ((children == 1) & (parents == 1) & (frame[old] == frame[new]), "one area and the same code"),
        "S": (parents == 1, "one parent"),
        "M": (children == 1, "one area that it went into"),
    }
    for letter, (holds, what) in rules.items():
        wrong = frame[(frame[kind] == letter) & ~holds]
        if len(wrong):
            first = wrong.iloc[0]
            raise Refused(
                expected=f"pairs marked {letter} to have {what}",
                found=f"{len(wrong):,} that have not, e.g. {first[old]} to {first[new]} in line {wrong.index[0]}",
            )
