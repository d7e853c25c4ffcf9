"""Look-ups from LSOA 2021 to local authority and to integrated care board."""

from dataclasses import dataclass

from lsoa.models import Dataset

from .base import ONS, Release, Source, Stage
from .rows import AreaColumns
from .tables import check_vintage_2021, english_rows, extent_of, read_csv

# An LSOA code of 2021, by publisher's and by converted heading.
CODE_HEADINGS = ("LSOA21CD", "lsoa21_code")


@dataclass(frozen=True)
class Layout:
    """Headings of one published edition: which column fills which field of an area."""

    code: str
    name: str
    fields: dict[str, str]
    title: str
    release: str
    standing: int
    publisher: str = ONS


class AreaLookup(Source):
    """A look-up in one of several editions, told apart by their headings."""

    stage = Stage.LOOKUPS

    def __init__(self, key: str, layouts: tuple[Layout, ...]):
        self.key, self.layouts = key, layouts

    def _layout(self, material) -> Layout | None:
        headings = set(material.columns)
        return next((x for x in self.layouts if {x.code, x.name, *x.fields.values()} <= headings), None)

    def recognises(self, material):
        return material.kind == "csv" and self._layout(material) is not None

    def release(self, material):
        layout = self._layout(material)
        return Release(title=layout.title, publisher=layout.publisher, release=layout.release, standing=layout.standing)

    def rows(self, material, context):
        layout = self._layout(material)
        columns = [layout.code, layout.name, *layout.fields.values()]
        frame = read_csv(material, columns, text_columns=columns, report=context.report).fillna("")
        frame = english_rows(frame, layout.code, context.report)
        check_vintage_2021(frame[layout.code])
        context.extent = extent_of(frame[layout.code].to_list(), frame[layout.name])
        for line, code in frame.loc[frame[list(layout.fields.values())].eq("").any(axis=1), layout.code].items():
            context.report.reject(line, code, "a code or name is blank")
        frame = frame[~frame[list(layout.fields.values())].eq("").any(axis=1)]
        yield AreaColumns(
            line=frame.index.to_numpy(),
            code=frame[layout.code].to_numpy(),
            columns={field: frame[heading].str.strip().to_numpy() for field, heading in layout.fields.items()},
        )


LOCAL_AUTHORITY = AreaLookup(
    "lsoa21-local-authority",
    (
        Layout(
            code="LSOA21CD",
            name="LSOA21NM",
            fields={"local_authority_code": "LAD22CD", "local_authority_name": "LAD22NM"},
            title="LSOA (2021) to Ward (2022) to Local Authority District (2022) Lookup",
            release="2022",
            standing=Dataset.Standing.OFFICIAL,
        ),
        Layout(
            code="lsoa21_code",
            name="lsoa21_name",
            fields={"local_authority_code": "ltla24_code", "local_authority_name": "ltla24_name"},
            title="LSOA (2021) to Ward (2024) to Local Authority District (2024) Lookup, as converted in geographr",
            release="2024",
            standing=Dataset.Standing.CONVERTED,
        ),
    ),
)
INTEGRATED_CARE_BOARD = AreaLookup(
    "lsoa21-integrated-care-board",
    (
        Layout(
            code="lsoa21_code",
            name="lsoa21_name",
            fields={
                "sub_icb_code": "sicbl24_code",
                "sub_icb_name": "sicbl24_name",
                "icb_code": "icb24_code",
                "icb_name": "icb24_name",
            },
            title="LSOA (2021) to sub-ICB location to ICB (April 2024) Lookup, as converted in geographr",
            release="2024-04",
            standing=Dataset.Standing.CONVERTED,
        ),
    ),
)
