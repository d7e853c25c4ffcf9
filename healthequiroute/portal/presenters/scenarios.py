"""The pages of scenarios: what an organisation tries out, and what that would change."""

from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.http import urlencode

from lsoa.models import Area
from priorities.dex.model import ModelError
from priorities.editing import DraftContent, panels, read_edits
from priorities.effect_panel import EffectPanel, effect_panel, headline
from priorities.models import ModelVersion
from priorities.moves import LABELS, PALETTE, Moves, keep_moves
from priorities.presenters import PriorityTag
from priorities.preview import Effect, effect_of
from priorities.version_diff import differences

from ..map_view import MapView, map_view
from ..query import PriorityQuery
from ..selection import Selection
from . import wording
from .explore import Legend, LegendItem, patch_choices

AREAS_BESIDE_THE_MAP, AREAS_PER_PAGE = 8, 25
# Where a field stands, by the first part of its name.
PLACES = {"weight": "weights", "follow": "weights", "rule": "rules", "accept": "rules"}
# First parts of field names, by what has to be shown anew when such a field changes.
SECTIONS = {
    "weight": ("rules",),
    "room": (),
    "follow": ("rules",),
    "rule": ("rules", "weights"),
    "accept": (),
    "patch": (),
    "title": (),
    "bound": ("thresholds",),
    "soft": ("thresholds",),
    "up": ("thresholds",),
    "direction": ("thresholds",),
    "indicator": ("thresholds",),
}


@dataclass(frozen=True)
class ScenarioRow:
    """One line of the list."""

    url: str
    title: str
    number: int
    origin: str
    changed: str
    by: str


def scenario_rows(scenarios) -> list[ScenarioRow]:
    return [
        ScenarioRow(
            url=reverse("scenario", args=[row.pk]),
            title=title_of(row),
            number=row.number,
            origin=origin_of(row),
            changed=wording.day(row.updated_at),
            by=row.updated_by.get_full_name() if row.updated_by else "",
        )
        for row in scenarios
    ]


def proposal_rows(proposal) -> list[dict]:
    """Changes of a ThresholdProposal with their bounds as people write them."""
    return [
        {"change": change, "before": _bounds(change.before), "after": _bounds(change.after)}
        for change in proposal.changes
    ]


def _bounds(bounds) -> str:
    return " and ".join(f"{bound:.10g}" for bound in bounds) if bounds else "none"


def title_of(scenario: ModelVersion) -> str:
    return scenario.title or f"Scenario {scenario.number}"


def origin_of(scenario: ModelVersion) -> str:
    """What it began with: another scenario by its title, a version by its number."""
    source = scenario.based_on
    if source is None:
        return "a version that is gone"
    return title_of(source) if source.organisation_id else str(source)


@dataclass(frozen=True)
class MovedArea:
    """An area with its class now and in the draft."""

    name: str
    code: str
    authority: str
    url: str
    index: int
    latitude: float
    longitude: float
    now: PriorityTag
    draft: PriorityTag


class ScenarioPage:
    """A scenario as it is saved, or (`data`) as a form that was sent would make it."""

    def __init__(self, scenario: ModelVersion, organisation, *, data=None, patch: str = ""):
        self.scenario = scenario
        self.data = data or {}
        self.content = DraftContent.of(scenario)
        self.edited = read_edits(self.content, self.data)
        slug = self.data.get("patch", patch)
        self.selection = Selection(PriorityQuery(patch=slug), organisation)
        self.refusal = ""
        self._problems = None

    @property
    def title(self) -> str:
        return title_of(self.scenario)

    @property
    def entered_title(self) -> str:
        return self.data.get("title", self.scenario.title)

    @property
    def origin(self) -> str:
        return origin_of(self.scenario)

    @property
    def is_changed(self) -> bool:
        """Whether the form holds something that is not saved."""
        return self.edited.is_changed or self.entered_title != self.scenario.title

    def refuse(self, message: str = "", problems=None) -> None:
        """Show why nothing was saved, beside the fields where that can be said."""
        self.refusal, self._problems = message, problems

    @property
    def problems(self):
        return self.edited.problems if self._problems is None else self._problems

    @property
    def open_sections(self) -> set[str]:
        """Parts of the form that are not folded away: where something is wrong, or else the first."""
        wrong = {problem.field.split("-")[0] for problem in self.problems}
        return {PLACES.get(name, "thresholds") for name in wrong} or {"weights"}

    @cached_property
    def panels(self):
        return panels(self.content, self.edited, problems=self.problems)

    @property
    def sections(self) -> tuple[str, ...]:
        """Parts of the form that have to be shown anew after the change that was made in the browser."""
        touched = self.data.get("touched", "").split("-")[0]
        return SECTIONS.get(touched, ("weights", "rules", "thresholds"))

    @cached_property
    def sections_panels(self):
        """As `panels`, without what nobody will see: histograms and rules take longer than their effect."""
        wanted = self.sections
        tables = None if {"weights", "rules"} & set(wanted) else ()
        inputs = None if "thresholds" in wanted else ()
        return panels(self.content, self.edited, problems=self.problems, tables=tables, inputs=inputs)

    # What it would change.

    @cached_property
    def effect(self) -> Effect | None:
        """None while the scenario cannot be evaluated; `why_no_effect` then says why."""
        try:
            return effect_of(self.edited.content.compiled, patch=self.selection.patch)
        except ModelError as error:
            self._why = str(error)
            return None

    @property
    def why_no_effect(self) -> str:
        return "" if self.effect is not None else self._why

    @cached_property
    def effect_panel(self) -> EffectPanel | None:
        return effect_panel(self.effect) if self.effect is not None else None

    @cached_property
    def national_headline(self) -> str:
        """The same for all areas, where only a patch is shown."""
        if self.selection.patch is None or self.effect is None:
            return ""
        national = effect_of(self.edited.content.compiled)
        # A patch may hold every area there is.
        return headline(national) if national.areas != self.effect.areas else ""

    @property
    def place(self) -> str:
        return self.selection.patch.name if self.selection.patch else "All areas"

    @cached_property
    def patches(self) -> list[tuple[str, str]]:
        return patch_choices(self.selection, self.selection.number_of_all())

    @property
    def patch_slug(self) -> str:
        return self.selection.query.patch

    @cached_property
    def moves_name(self) -> str:
        return keep_moves(self.scenario, self.effect)

    @property
    def areas_url(self) -> str:
        """Where the areas of the effect are listed; further parameters may follow."""
        query = urlencode({"draft": self.moves_name})
        return f"{reverse('scenario-areas', args=[self.scenario.pk])}?{query}&"

    @cached_property
    def moved(self) -> list[MovedArea]:
        """The areas that move most."""
        rows = self.effect.changed_rows()[:AREAS_BESIDE_THE_MAP]
        return moved_areas(self.effect, rows)

    @property
    def moved_title(self) -> str:
        count = self.effect.moved
        if count <= len(self.moved):
            return f"{wording.count(count)} {'area moves' if count == 1 else 'areas move'}"
        return f"{len(self.moved)} of {wording.count(count)} areas that move"

    @cached_property
    def area_map(self) -> MapView:
        query = urlencode({"draft": self.moves_name})
        scenario = [self.scenario.pk]
        return map_view(
            id="scenario-map",
            title="Map of the areas that would change class",
            summary=self.effect_panel.headline if self.effect_panel else "",
            hint="Select an area to see its class now and in the draft.",
            beside="The tables below show",
            theme_url=f"{reverse('scenario-moves', args=scenario)}?{query}",
            in_view_url=f"{reverse('scenario-in-view', args=scenario)}?{query}",
            panel_url=f"{reverse('scenario-area', args=scenario)}?{query}",
            bounds=self.selection.extent(),
            palette=PALETTE,
            labels=LABELS,
            legend=self.legend,
        )

    @cached_property
    def legend(self) -> Legend:
        steps = self.effect.steps.clip(-2, 2) + 2
        known = self.effect.before >= 0
        items = [
            LegendItem(label, colour, wording.count(int(((steps == place) & known).sum())))
            for place, (label, colour) in reversed(list(enumerate(zip(LABELS, PALETTE, strict=True))))
        ]
        if not known.all():
            items.append(LegendItem("No class yet", is_hatched=True, count=wording.count(int((~known).sum()))))
        if self.selection.patch:
            items.append(LegendItem(f"Outside {self.place}", is_outside=True))
        return Legend("Compared with now", items)

    @cached_property
    def differences(self) -> list[str]:
        """What the scenario changes of the version in force, in words; empty where nothing is."""
        in_force = version_in_force(self.scenario)
        if in_force is None:
            return []
        after = ModelVersion(name=self.scenario.name, number=self.scenario.number, **self.edited.content.fields())
        return list(differences(in_force, after))


def version_in_force(scenario: ModelVersion) -> ModelVersion | None:
    return ModelVersion.objects.national().published().filter(name=scenario.name).first()


def moved_areas(moves: Effect | Moves, rows) -> list[MovedArea]:
    """The areas of these rows, in their order."""
    places = {int(moves.area_ids[row]): int(row) for row in rows}
    found = {area.pk: area for area in Area.objects.filter(pk__in=list(places)).defer("geometry")}
    return [_moved_area(found[area], moves, row) for area, row in places.items() if area in found]


def _moved_area(area: Area, moves: Effect | Moves, row: int) -> MovedArea:
    return MovedArea(
        name=area.name,
        code=area.code,
        authority=area.local_authority_name,
        url=reverse("area", args=[area.code]),
        index=area.index,
        latitude=round(area.centroid.y, 5),
        longitude=round(area.centroid.x, 5),
        now=class_tag(moves.labels_before, int(moves.before[row])),
        draft=class_tag(moves.labels, int(moves.classes[row])),
    )


def class_tag(labels: tuple[str, ...], number: int) -> PriorityTag:
    """A class by the words of its own model; -1 for none."""
    return PriorityTag(None, "No class yet", "") if number < 0 else PriorityTag(number, labels[number], "")


class MovedAreas:
    """The whole list of areas that move, or of one move, page by page."""

    def __init__(self, scenario: ModelVersion, moves: Moves, *, before: int | None, after: int | None, page: str):
        self.scenario, self.moves = scenario, moves
        self.before, self.after = before, after
        self._rows = moves.rows(before, after)
        self.page: Page = Paginator(self._rows, AREAS_PER_PAGE).get_page(page)

    @property
    def all_rows(self):
        """Places in `moves` of every area of the list, not of a page alone."""
        return self._rows

    @property
    def title(self) -> str:
        count = wording.areas(len(self._rows))
        if self.before is None or self.after is None:
            return f"{count} that would change class"
        old, new = self.moves.labels_before[self.before], self.moves.labels[self.after]
        if self.before == self.after:
            return f"{count} that would stay {new.lower()}"
        return f"{count} that would go from {old.lower()} to {new.lower()}"

    @cached_property
    def rows(self) -> list[MovedArea]:
        return moved_areas(self.moves, self.page.object_list)
