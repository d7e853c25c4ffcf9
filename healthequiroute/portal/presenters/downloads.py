"""The download page: which areas, which figures, which kind of file."""

from dataclasses import dataclass

from lsoa.catalogue.order import by_theme

from ..query import PriorityQuery
from ..selection import Selection
from . import wording
from .explore import ExplorePage


@dataclass(frozen=True)
class Kind:
    key: str
    label: str
    hint: str


KINDS = (
    Kind("csv", "CSV, one row for each area", "Opens in a spreadsheet. One column for each figure."),
    Kind("figures", "CSV, one row for each figure", "Each figure with its unit, period, method, line and source."),
    Kind("xlsx", "Excel workbook", "Typed cells and a sheet of notes. All of England is made in the background."),
    Kind("pdf", "PDF for paper", "Class and up to six figures of at most 500 areas, with source and notes."),
    Kind("geojson", "GeoJSON with boundaries", "For web maps and analysis. Longitude and latitude (WGS 84)."),
    Kind("gpkg", "GeoPackage with boundaries", "For QGIS and other mapping software."),
)


class DownloadPage:
    """Everything that the download page shows, for one query."""

    kinds = KINDS

    def __init__(self, query: PriorityQuery, selection: Selection, indicators, *, nothing: bool = False):
        self.query, self.selection, self.nothing = query, selection, nothing
        self._explore = ExplorePage(query, selection)
        self._indicators = list(indicators)

    @property
    def problems(self):
        return self.query.problems

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query as hidden fields, so that the file holds what the page showed."""
        return [(name, value) for name, value in self.query.parameters() if name not in ("page", "map", "theme")]

    @property
    def summary(self) -> str:
        place = self._explore.place
        text = f"{wording.areas(self._explore.total)} of {place}"
        applied = [item["label"] for item in self._explore.applied]
        return f"{text}, with these filters: {'; '.join(applied)}." if applied else f"{text}."

    @property
    def back_url(self) -> str:
        return self._explore.address(self.query)

    @property
    def has_areas(self) -> bool:
        return self._explore.total > 0

    @property
    def indicator_count(self) -> int:
        return len(self._indicators)

    @property
    def themes(self) -> list[tuple[str, list]]:
        """Indicators under their headings."""
        return by_theme(self._indicators)
