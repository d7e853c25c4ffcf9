"""Areas that a query asks for, with the figures that pages show.

The one place where a `PriorityQuery` meets the tables.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache as once
from functools import cached_property
from hashlib import sha256

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import Count, F, FilteredRelation, Q

from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import Area, Patch, figure_in_force
from lsoa.search import in_place

from .query import EVERYWHERE, PriorityQuery
from .versions import data_version

REMEMBERED_SECONDS = 60 * 60
COMMON_SECONDS = 7 * 24 * 60 * 60

# Columns that always stand in the table; sort keys are these, or any indicator's code.
SORTS = {"name": "name", "priority": "priority", "minutes": "minutes"}


def areas_with_scores():
    """Areas of 2021, scored or not: `priority`, `lowest`, `highest`, `is_provisional`, `minutes`, `imd_decile`."""
    return _areas_with_scores().all()


@once
def _areas_with_scores():
    """The question only, which is put together once: nothing is asked before somebody goes on from a copy of it."""
    return (
        Area.objects.current()
        .annotate(score=FilteredRelation("scores", condition=Q(scores__is_current=True)))
        .annotate(
            priority=F("score__priority"),
            lowest=F("score__lowest"),
            highest=F("score__highest"),
            previous=F("score__previous_priority"),
            is_provisional=F("score__is_provisional"),
            probability=F("score__probability"),
            minutes=F("score__visit_minutes"),
            imd_decile=figure_in_force("imd_decile"),
        )
    )


@dataclass(frozen=True)
class ClassCount:
    """How many areas have a class (None: not scored), and how many of them are Core20."""

    priority: int | None
    areas: int
    core20: int


class Selection:
    """What an organisation sees of the areas that a query asks for.

    Scores and figures are common to all; only the patches are the organisation's own.
    """

    def __init__(self, query: PriorityQuery, organisation):
        self.query = query
        self.organisation = organisation

    def beside(self, query: PriorityQuery) -> "Selection":
        """Another query on the same page: the organisation's patches and the state of the data are asked for once."""
        other = Selection(query, self.organisation)
        other.patches = self.patches
        if other.owner == self.owner:
            other.version = self.version
        return other

    @cached_property
    def patches(self) -> list[Patch]:
        return list(Patch.objects.for_organisation(self.organisation).with_area_count())

    @cached_property
    def patch(self) -> Patch | None:
        """The patch that is shown; None: all areas. An unknown name falls back to the first patch."""
        if self.query.patch == EVERYWHERE or not self.patches:
            return None
        return next((patch for patch in self.patches if patch.slug == self.query.patch), self.patches[0])

    @property
    def scope(self):
        """Areas of the patch before any filter."""
        areas = areas_with_scores()
        return areas.filter(patches=self.patch) if self.patch else areas

    @property
    def areas(self):
        """Areas that pass the filters, in the order asked for."""
        return self._sorted(self._filtered(self.scope))

    def _filtered(self, areas):
        query = self.query
        if query.priorities:
            areas = areas.filter(priority__in=query.priorities)
        if query.core20:
            areas = areas.filter(imd_decile__lte=CORE20_DECILE)
        if query.authorities:
            areas = areas.filter(local_authority_code__in=query.authorities)
        for number, limits in enumerate(query.ranges):
            name = f"range_{number}"
            areas = areas.annotate(**{name: figure_in_force(limits.code)})
            if limits.low is not None:
                areas = areas.filter(**{f"{name}__gte": limits.low})
            if limits.high is not None:
                areas = areas.filter(**{f"{name}__lte": limits.high})
        if query.place:
            areas = in_place(areas, query.place)
        if query.text:
            areas = areas.filter(
                Q(name__icontains=query.text)
                | Q(code__iexact=query.text)
                | Q(local_authority_name__icontains=query.text)
            )
        return areas

    def _sorted(self, areas):
        key, descending = self.query.sort.lstrip("-"), self.query.sort.startswith("-")
        expression = F(SORTS[key]) if key in SORTS else figure_in_force(key)
        # Areas without the figure come last either way: they are neither high nor low.
        first = expression.desc(nulls_last=True) if descending else expression.asc(nulls_last=True)
        if key == "priority":
            # Inside a class by the area's place in it, as in the lists of the API and in plans.
            place = F("score__rank_offset")
            return areas.order_by(
                first, place.desc(nulls_last=True) if descending else place.asc(nulls_last=True), "code"
            )
        return areas.order_by(first, "code")

    def class_counts(self, *, filtered=True) -> list[ClassCount]:
        """Areas by class, the most urgent first, areas without a score last."""
        return self._remembered("counts", lambda: self._class_counts(filtered), filtered=filtered)

    def _class_counts(self, filtered) -> list[ClassCount]:
        areas = self._filtered(self.scope) if filtered else self.scope
        rows = (
            areas.order_by()
            .values("priority")
            .annotate(areas=Count("pk"), core20=Count("pk", filter=Q(imd_decile__lte=CORE20_DECILE)))
        )
        counts = [ClassCount(row["priority"], row["areas"], row["core20"]) for row in rows]
        return sorted(counts, key=lambda count: -1 if count.priority is None else count.priority, reverse=True)

    def page(self, start: int, length: int, **figures) -> list[Area]:
        """Some of the areas in their order, with the expressions given.

        Two steps: sorting all areas with every figure beside them takes three times as long.
        """
        keys = self._keys(start, length)
        # Geometry weighs more than everything else of the row.
        rows = areas_with_scores().annotate(**figures).select_related("profile")
        found = {area.pk: area for area in rows.filter(pk__in=keys).defer("geometry", "population_centroid")}
        return [found[key] for key in keys]

    def _keys(self, start: int, length: int) -> list[int]:
        """Of the areas of a page: ordering all of England for every view of its first page costs 100 ms."""
        name = f"keys-{self.query.sort}-{start}-{length}"
        wanted = self.areas.values_list("pk", flat=True)[start : start + length]
        return self.remembered(name, lambda: list(wanted))

    def indexes(self) -> list[int]:
        """Index of every area that passes the filters, for the map."""
        return list(self._filtered(self.scope).order_by().values_list("index", flat=True))

    @property
    def unordered(self):
        """Areas that pass the filters, to be grouped."""
        return self._filtered(self.scope).order_by()

    def remembered(self, name: str, compute: Callable):
        """An answer about the areas that pass the filters, kept until data, scores or patches change."""
        return self._remembered(name, compute, filtered=True)

    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees of the scope, or of the place that is asked for; None without areas."""
        is_place = bool(self.query.place)
        areas = self._filtered(self.scope).order_by() if is_place else self._plain_scope
        return self._remembered(
            "extent", lambda: areas.aggregate(extent=Extent("geometry"))["extent"], filtered=is_place
        )

    def authorities(self) -> list[tuple[str, str]]:
        """Code and name of the local authorities of the scope."""
        rows = self._plain_scope.exclude(local_authority_code="").order_by("local_authority_name")
        pairs = rows.values_list("local_authority_code", "local_authority_name").distinct()
        return self._remembered("authorities", lambda: list(pairs), filtered=False)

    def number_of_all(self) -> int:
        """How many areas there are, whatever the patch and the filters."""
        everywhere = Selection(PriorityQuery(patch=EVERYWHERE), None)
        return everywhere.remembered("number", Area.objects.current().count)

    @property
    def _plain_scope(self):
        """The scope without scores and figures."""
        areas = Area.objects.current().order_by()
        return areas.filter(patches=self.patch) if self.patch else areas

    @property
    def owner(self):
        """Whose answers these are: of all areas they are everybody's, of a patch its organisation's own."""
        return self.organisation if self.patch else None

    @cached_property
    def version(self) -> str:
        """Changes with data and scores, and for a patch with the organisation's patches."""
        return data_version(self.owner)

    def _remembered(self, name: str, compute: Callable, *, filtered: bool):
        """An answer that holds until data, scores or patches change; unfiltered, only the patch counts."""
        query = self.query if filtered else PriorityQuery(patch=self.query.patch)
        wanted = replace(query, theme=PriorityQuery().theme).for_theme()
        digest = sha256(f"{self.owner and self.owner.pk} {wanted}".encode()).hexdigest()[:32]
        return cache.get_or_set(f"areas:{name}:{self.version}:{digest}", compute, self.seconds(query))

    def seconds(self, query: PriorityQuery) -> int:
        """How long an answer is kept: what everybody asks for is prepared once (`prepared`)."""
        return REMEMBERED_SECONDS if self.patch or query.is_filtered else COMMON_SECONDS
