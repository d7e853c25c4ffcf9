"""Up to six areas side by side: what is alike, what differs, which rules tell them apart. A row: compare_rows.py."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.gis.db.models import Extent
from django.urls import reverse

from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.catalogue.order import KEY_INDICATORS, OTHER_THEME, by_theme
from lsoa.models import Area, Indicator
from lsoa.similar import similar_areas
from lsoa.statistics import national_distribution
from priorities.explanations import Origins
from priorities.models import PriorityClass, PriorityScore, VisitMinutesOverride
from priorities.presenters import PriorityTag, ReasonRow, explanation_panel, minutes_text, override_text, priority_tag

from ..compare_query import ENGLAND, MOST_AREAS, CompareQuery
from ..map_view import MapView, map_view
from ..selection import areas_with_scores
from ..themes import FOUR
from . import wording
from .compare_rows import (
    Cell,
    Row,
    Section,
    SeparatingRule,
    figure_cell,
    in_words,
    only_differing,
    plain_cell,
    reasons_of,
    steps_of,
    values_of,
)

MOST_SUGGESTED = 5
# Degrees around the areas on the map, so that none lies on its edge.
MARGIN = 0.02


@dataclass(frozen=True)
class Column:
    code: str
    name: str
    authority: str
    url: str
    priority: PriorityTag | None
    is_core20: bool
    remove_url: str
    first_url: str
    is_first: bool


@dataclass(frozen=True)
class Suggestion:
    name: str
    detail: str
    url: str


@dataclass
class ComparePage:
    """What `portal/compare.html` shows to an organisation. `found` are areas that a search found, to be chosen from."""

    query: CompareQuery
    organisation: object
    text: str = ""
    found: list[Area] = field(default_factory=list)
    all_figures: bool = False

    @cached_property
    def areas(self) -> list[Area]:
        rows = areas_with_scores().select_related("profile", "profile__origin").filter(code__in=self.query.areas)
        by_code = {area.code: area for area in rows.defer("geometry", "population_centroid")}
        return [by_code[code] for code in self.query.areas if code in by_code]

    @property
    def unknown(self) -> list[str]:
        there = {area.code for area in self.areas}
        return [code for code in self.query.areas if code not in there]

    @property
    def room(self) -> int:
        return MOST_AREAS - len(self.query.areas)

    @cached_property
    def scores(self) -> dict[int, PriorityScore]:
        scores = PriorityScore.objects.current().with_explanation().filter(area__in=[area.pk for area in self.areas])
        return {score.area_id: score for score in scores}

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column(
                code=area.code,
                name=area.name,
                authority=area.local_authority_name,
                url=reverse("area", args=[area.code]),
                priority=priority_tag(self.scores[area.pk]) if area.pk in self.scores else None,
                is_core20=area.imd_decile is not None and area.imd_decile <= CORE20_DECILE,
                remove_url=self.query.without_url(area.code),
                first_url=self.query.as_first(area.code).url,
                is_first=place == 0,
            )
            for place, area in enumerate(self.areas)
        ]

    @property
    def summary(self) -> str:
        """One sentence: how many, and how far their classes differ."""
        names = [priority_tag(score).label for score in self.scores.values()]
        if len(self.areas) < 2:
            return "Add a second area to see what differs."
        classes = sorted({score.priority for score in self.scores.values()})
        if not names:
            return f"{len(self.areas)} areas; none has a class yet."
        low, high = PriorityClass(classes[0]).label.lower(), PriorityClass(classes[-1]).label.lower()
        spread = f"all {low}" if len(classes) == 1 else f"from {low} to {high}"
        return f"{len(self.areas)} areas, {spread}. {self._parting}"

    @property
    def _parting(self) -> str:
        # The first step is the priority itself.
        top = next(iter(self._labels), "")
        labels = [rule.label.lower() for rule in self.rules if rule.label != top]
        if not labels:
            return "Every step below it has the same class."
        return f"They differ in {', '.join(labels[:-1]) + ' and ' if len(labels) > 1 else ''}{labels[-1]}."

    @property
    def sections(self) -> list[Section]:
        sections = [self._priority, self._decision, *self._figures]
        if not self.query.differs:
            return [section for section in sections if section.rows]
        return [only_differing(section) for section in sections if section.rows]

    @property
    def columns_number(self) -> int:
        return len(self.areas) + 1 + (self.query.against == ENGLAND)

    @property
    def against_text(self) -> str:
        if self.query.against == ENGLAND:
            return "the median of England"
        return self.areas[0].name if self.areas else ""

    @cached_property
    def overrides(self) -> dict[int, VisitMinutesOverride]:
        """Minutes that the organisation plans instead of the model's."""
        rows = VisitMinutesOverride.objects.for_organisation(self.organisation).in_force().with_people()
        return {row.area_id: row for row in rows.filter(area__in=[area.pk for area in self.areas])}

    @property
    def _priority(self) -> Section:
        scored = [(area, self.scores.get(area.pk)) for area in self.areas]
        none = "Not scored"
        classes = [plain_cell(area, priority_tag(score).label if score else "", none) for area, score in scored]
        minutes = [plain_cell(area, minutes_text(score) if score else "", none) for area, score in scored]
        deciles = [
            plain_cell(area, "" if area.imd_decile is None else f"{area.imd_decile:.0f} of 10", "Not loaded")
            for area in self.areas
        ]
        rows = [Row("Priority", self._beside(classes)), Row("Suggested visit time", self._beside(minutes))]
        if self.overrides:
            rows_own = [
                plain_cell(
                    area, override_text(self.overrides[area.pk]) if area.pk in self.overrides else "", "As the model"
                )
                for area in self.areas
            ]
            rows.append(Row("Visit time of your organisation", self._beside(rows_own)))
        rows.append(Row("Deprivation decile", self._beside(deciles), note="1 is the most deprived tenth"))
        return Section("priority", "Priority and minutes", rows)

    @cached_property
    def _trees(self) -> dict[int, dict[str, tuple[int, ReasonRow]]]:
        """By area the steps of its decision, in tree order: label -> (depth, step)."""
        origins = Origins.of(self.scores.values())
        return {
            pk: dict(steps_of(explanation_panel(score, origins, evidence=False).tree))
            for pk, score in self.scores.items()
        }

    @property
    def _labels(self) -> dict[str, int]:
        """Label -> depth of every step that any of the areas has, in order."""
        labels = {}
        for steps in self._trees.values():
            for label, (depth, _) in steps.items():
                labels.setdefault(label, depth)
        return labels

    @property
    def _decision(self) -> Section:
        rows = []
        for label, depth in self._labels.items():
            cells = []
            for area in self.areas:
                _, step = self._trees.get(area.pk, {}).get(label, (0, None))
                if step is None:
                    cells.append(Cell(area.name, missing="Not scored"))
                else:
                    cells.append(Cell(area.name, in_words(step.class_name), note=step.value))
            rows.append(Row(label, self._beside(cells), depth=depth))
        return Section("decision", "Steps of the decision", rows)

    @cached_property
    def rules(self) -> list[SeparatingRule]:
        """Steps with rules, from the top, at which the areas have different classes."""
        found = []
        for label in self._labels:
            steps = [(area, self._trees.get(area.pk, {}).get(label, (0, None))[1]) for area in self.areas]
            steps = [(area, step) for area, step in steps if step is not None and step.children]
            if len({step.class_name for _, step in steps}) > 1:
                found.append(
                    SeparatingRule(
                        label, tuple((area.name, in_words(step.class_name), step.sentence) for area, step in steps)
                    )
                )
        return found

    @cached_property
    def _indicators(self) -> list[Indicator]:
        codes = {code for area in self.areas for code in values_of(area) | reasons_of(area)}
        rows = list(Indicator.objects.public().filter(code__in=codes))
        if self.all_figures or len(rows) <= 2 * len(KEY_INDICATORS):
            return rows
        used = {code for score in self.scores.values() for code in score.run.model_version.inputs.values()}
        return [row for row in rows if row.code in used or row.code in KEY_INDICATORS]

    @property
    def has_more_figures(self) -> bool:
        return self.all_figures or len(self._indicators) < len(
            {code for area in self.areas for code in values_of(area) | reasons_of(area)}
        )

    @property
    def figures_url(self) -> str:
        """The same with all figures, or with the key figures again."""
        url = self.query.url
        return url if self.all_figures else f"{url}{'&' if '?' in url else '?'}figures=all"

    @property
    def _figures(self) -> list[Section]:
        synthetic = bool(self.areas) and self.areas[0].is_synthetic
        spread = national_distribution([row.code for row in self._indicators], synthetic=synthetic)
        sections = []
        for number, (theme, rows) in enumerate(by_theme(self._indicators)):
            made = [self._figure_row(row, spread.get(row.code)) for row in rows]
            sections.append(Section(f"figures-{number}", theme or OTHER_THEME, made))
        return sections

    def _figure_row(self, row: Indicator, spread) -> Row:
        median = spread.median if spread and row.unit != "rank" else None
        base = median if self.query.against == ENGLAND else (values_of(self.areas[0]).get(row.code))
        is_base = self.query.against != ENGLAND
        cells = tuple(figure_cell(area, row, base, is_base and place == 0) for place, area in enumerate(self.areas))
        if self.query.against == ENGLAND:
            text = "" if median is None else wording.figure(median, row.decimals, row.unit)
            cells = (Cell("England", text, "" if text else "No median"), *cells)
        unit = "" if row.unit in ("%", "decile", "rank") else row.unit
        return Row(row.name, cells, note=unit, url=reverse("indicator", args=[row.code]))

    def _beside(self, cells: Iterable[Cell]) -> tuple[Cell, ...]:
        """With an empty place where England has a column."""
        return (Cell("England"), *cells) if self.query.against == ENGLAND else tuple(cells)

    @cached_property
    def suggestions(self) -> list[tuple[str, list[Suggestion]]]:
        """Similar areas and neighbours of the first area that are not there yet."""
        if not self.areas or self.query.is_full:
            return []
        first = self.areas[0]
        alike = [each.area_id for each in similar_areas(first, MOST_SUGGESTED + MOST_AREAS).areas]
        outline = Area.objects.filter(pk=first.pk).values("geometry")[:1]
        touching = Area.objects.current().filter(geometry__intersects=outline).exclude(pk=first.pk)
        beside = list(touching.order_by("name").values_list("pk", flat=True)[: MOST_SUGGESTED + MOST_AREAS])
        named = Area.objects.current().defer("geometry", "population_centroid").in_bulk([*alike, *beside])
        groups = [(f"Most like {first.name}", alike), (f"Next to {first.name}", beside)]
        return [(title, rows) for title, keys in groups if (rows := self._suggested(named[key] for key in keys))]

    def _suggested(self, areas) -> list[Suggestion]:
        rows = [area for area in areas if area.code not in self.query.areas][:MOST_SUGGESTED]
        return [self.suggestion(area) for area in rows]

    def suggestion(self, area) -> Suggestion:
        return Suggestion(area.name, area.local_authority_name, self.query.with_area(area.code).url)

    @property
    def candidates(self) -> list[Suggestion]:
        """What the search found, to be added."""
        return [self.suggestion(area) for area in self.found]

    @property
    def removed_name(self) -> str:
        if not self.query.removed or self.query.removed in self.query.areas:
            return ""
        return Area.objects.current().filter(code=self.query.removed).values_list("name", flat=True).first() or ""

    @cached_property
    def area_map(self) -> MapView | None:
        if not self.areas:
            return None
        counts = dict.fromkeys(range(len(FOUR)), 0)
        for score in self.scores.values():
            counts[score.priority] += 1
        items = [
            {"label": PriorityClass(number).label, "colour": FOUR[number], "count": count}
            for number, count in reversed(counts.items())
            if count
        ]
        rows = Area.objects.filter(pk__in=[area.pk for area in self.areas])
        west, south, east, north = rows.aggregate(extent=Extent("geometry"))["extent"]
        return map_view(
            id="compare-map",
            title="Map of the areas that are compared",
            summary="Only the areas that are compared are coloured, by their priority.",
            beside="The table above shows",
            theme_url=f"{reverse('compare-theme')}{self.query.url.removeprefix(reverse('compare'))}",
            panel_url=reverse("area-panel"),
            bounds=(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN),
            palette=FOUR,
            labels=tuple(PriorityClass.labels),
            legend={"title": "Priority", "items": items},
            is_small=True,
        )
