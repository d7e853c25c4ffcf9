"""What Explore shows, as a file: the same query, the same areas in the same order, with priorities beside figures."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from django.utils import timezone
from django.utils.text import slugify

from accounts import audit
from accounts.list_files import list_file_response
from accounts.list_files.streaming import download
from lsoa.exports.contents import Column, Contents
from lsoa.exports.geojson import feature_collection
from lsoa.exports.geopackage import geopackage
from lsoa.exports.tables import area_table, figure_table
from lsoa.models import Indicator
from priorities.models import PriorityClass

from .lists import area_list
from .presenters.explore import ExplorePage
from .query import PriorityQuery
from .selection import Selection

# Nobody chooses more columns; a query is read in full before it is answered.
MOST_INDICATORS = 500
_CODE = re.compile(r"^[a-z0-9][a-z0-9_-]{0,59}$")

PRIORITY_COLUMNS = (
    Column("priority", "Priority of the area for home visits, 0 (routine) to 3 (urgent); empty: not scored",
           ("priority",), lambda row: row["priority"], int),
    Column("priority_class", "The same in words", ("priority",),
           lambda row: "" if row["priority"] is None else PriorityClass(row["priority"]).label),
    Column("priority_provisional", "yes when a figure is missing and the class may change",
           ("priority", "is_provisional"),
           lambda row: "" if row["priority"] is None else "yes" if row["is_provisional"] else "no"),
    Column("visit_minutes", "Suggested length of a visit in minutes", ("minutes",), lambda row: row["minutes"], float),
)  # fmt: skip


class UnknownKind(ValueError):
    """A kind of file that is not made."""


class UnknownIndicator(ValueError):
    """An indicator that does not exist, or is another organisation's own."""


class AreaExport:
    """One download of areas. `codes` names the indicators wanted; none: all that everybody sees."""

    def __init__(self, query: PriorityQuery, organisation, kind: str, codes: list[str], *, notes: bool = True):
        self.query, self.kind, self.notes = query, kind, notes
        self.selection = Selection(query, organisation)
        self.indicators = _indicators(codes)

    @classmethod
    def from_querydict(cls, data, organisation, kind: str = "") -> "AreaExport":
        """Reads the query with `kind`, `indicator` (several) and `notes`. Raises UnknownKind, UnknownIndicator."""
        kind = kind or data.get("kind", "csv")
        if kind not in (*FORMATS, *LISTED):
            raise UnknownKind(f"There is no such kind of file; there are {', '.join((*FORMATS, *LISTED))}.")
        codes = data.getlist("indicator")[:MOST_INDICATORS]
        return cls(PriorityQuery.from_querydict(data), organisation, kind, codes, notes=data.get("notes") != "0")

    @cached_property
    def contents(self) -> Contents:
        page = ExplorePage(self.query, self.selection)
        place = self.selection.patch.name if self.selection.patch else "all areas"
        return Contents(
            areas=self.selection.areas,
            indicators=self.indicators,
            title=f"Areas and their figures: {place}",
            filters=[f"Patch: {place}", *(item["label"] for item in page.applied)],
            columns=PRIORITY_COLUMNS,
        )

    @property
    def place(self) -> str:
        """Which areas, for names of files; the filtered ones say so."""
        place = self.selection.patch.slug if self.selection.patch else "all"
        return f"{place}-filtered" if self.query.is_filtered else place

    @property
    def file_name(self) -> str:
        """ "areas-solihull-2026-11-21.csv"; the filtered ones say so."""
        what = "figures" if self.kind == "figures" else "areas"
        name = "-".join((what, self.place, timezone.localdate().isoformat()))
        return f"{slugify(name)}.{FORMATS[self.kind][0]}"

    def pieces(self) -> Iterator[bytes]:
        return FORMATS[self.kind][1](self.contents, self.notes)


def exported(request, export: AreaExport, *, by, organisation):
    """The response that sends the file, after the audit trail has who took what."""
    audit.record(
        action="areas.exported",
        by=by,
        organisation=organisation,
        details={
            "kind": export.kind,
            "areas": len(export.contents.keys),
            "indicators": len(export.indicators),
            "query": export.query.to_querystring()[:500],
        },
    )
    if export.kind in LISTED:
        return list_file_response(request, area_list(export, on_paper=export.kind == "pdf"), export.kind)
    return download(request, export.pieces(), export.file_name)


# Written by `accounts.list_files`.
LISTED = ("xlsx", "pdf")
FORMATS: dict[str, tuple[str, Callable[[Contents, bool], Iterator[bytes]]]] = {
    "csv": ("csv", lambda contents, notes: area_table(contents, notes=notes)),
    "figures": ("csv", lambda contents, notes: figure_table(contents, notes=notes)),
    "geojson": ("geojson", lambda contents, notes: feature_collection(contents)),
    "gpkg": ("gpkg", lambda contents, notes: geopackage(contents)),
}


def _indicators(codes: list[str]) -> list[Indicator]:
    """Raises UnknownIndicator. Ordered as asked; all public ones by theme and name when none is named."""
    public = Indicator.objects.public()
    if not codes:
        return list(public.order_by("theme", "name"))
    found = {row.code: row for row in public.filter(code__in=codes)}
    unknown = [code for code in codes if code not in found]
    if unknown:
        named = ", ".join(code if _CODE.match(code) else "?" for code in unknown[:5])
        raise UnknownIndicator(f"There is no indicator {named}.")
    return [found[code] for code in dict.fromkeys(codes)]
