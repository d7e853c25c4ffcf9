"""One area: its class and why, its figures against the country, where it lies, what runs said before."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby

from django.urls import reverse

from accounts.access import allowed
from accounts.permissions import Permission
from insights.presenters.outlook_panel import OutlookPanel, panel_of_board
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.catalogue.order import KEY_INDICATORS, OTHER_THEME, indicator_place
from lsoa.models import AreaProfile, Indicator, Postcode
from lsoa.reference import reference
from lsoa.similar import Similarity, similar_areas
from lsoa.similar.standing import Standings
from lsoa.statistics import Distribution, national_distribution
from priorities.kept_runs import explained_scores, score_in_force
from priorities.models import PriorityScore, VisitMinutesOverride
from priorities.presenters import ExplanationPanel, PriorityTag, explanation_panel, minutes_text, priority_tag

from ..locator import Locator, locator
from ..query import PriorityQuery
from . import wording
from .area_beside import (
    MOST_VISITS,
    WITH_ALL,
    Medians,
    SimilarRow,
    VisitRow,
    areas_beside,
    compare_url,
    medians,
    method_sentences,
    similar_rows,
    variables_text,
    visit_rows,
    visits_in,
)
from .area_own import OwnRow, own_rows
from .explore_table import area_tag
from .priority import HistoryRow, history_rows

HISTORY_LENGTH = 5
MOST_NEIGHBOURS = 12
# As many indicators stand on the page unfolded.
FEW = 24


@dataclass(frozen=True)
class Strip:
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class IndicatorRow:
    """One figure with its unit, the country beside it, and the dataset that it comes from."""

    code: str
    name: str
    unit: str
    text: str
    missing: str
    value: float | None
    median: str
    strip: Strip | None
    comparison: str
    source: str
    source_url: str
    is_provisional: bool
    url: str
    theme: str
    medians: Medians = field(default_factory=Medians)


@dataclass(frozen=True)
class Fact:
    label: str
    text: str


class AreaPage:
    """Everything that `portal/area.html` shows to an organisation. `area` comes from `areas_with_scores()`."""

    def __init__(self, area, organisation=None, user=None):
        self.area, self.organisation, self.user = area, organisation, user
        self.name, self.code = area.name, area.code
        self.authority = area.local_authority_name or "Local authority not known"
        self.icb = area.icb_name
        self.is_synthetic = area.is_synthetic

    @cached_property
    def score(self) -> PriorityScore | None:
        newest = next((score for score in self._scores if score.is_current), None)
        # The one in force may be older than all that are listed.
        return newest or score_in_force(self.area)

    @cached_property
    def _scores(self) -> list[PriorityScore]:
        """The last scores, one more than are listed: the page says why each class is another than before."""
        scores = PriorityScore.objects.filter(area=self.area).order_by("-run__finished_at")
        return explained_scores(self.area, scores[: HISTORY_LENGTH + 1])

    @property
    def priority(self) -> PriorityTag | None:
        return priority_tag(self.score) if self.score else None

    @cached_property
    def explanation(self) -> ExplanationPanel | None:
        return explanation_panel(self.score, override=self.override) if self.score else None

    @property
    def summary(self) -> str:
        panel = self.explanation
        if panel is None:
            return "No run has scored this area yet, so there is no class and no visit time."
        text = f"{panel.tag.label} priority: {panel.minutes} for a visit, review {panel.review}."
        if panel.tag.is_provisional:
            text += f" Some figures are missing; {panel.tag.range[:1].lower()}{panel.tag.range[1:]}."
        return text

    @property
    def is_core20(self) -> bool:
        return self.area.imd_decile is not None and self.area.imd_decile <= CORE20_DECILE

    @cached_property
    def outlook(self) -> OutlookPanel | None:
        """Of the board that the area belongs to: nothing is published by month for a single area."""
        return panel_of_board(self.area.icb_code)

    @property
    def authority_url(self) -> str:
        code = self.area.local_authority_code
        query = PriorityQuery(patch="all", authorities=(code,)) if code else PriorityQuery(patch="all")
        return f"{reverse('explore')}?{query.to_querystring()}"

    @property
    def map_url(self) -> str:
        view = f"13/{self.area.centroid.y:.4f}/{self.area.centroid.x:.4f}"
        return f"{reverse('explore')}?{PriorityQuery(patch='all', view=view).to_querystring()}"

    @property
    def question(self) -> str:
        """What to begin with on the page Ask."""
        return f"Why does {self.area.name} have its priority?"

    @cached_property
    def _profile(self) -> AreaProfile | None:
        return AreaProfile.objects.select_related("origin").filter(pk=self.area.pk).first()

    @cached_property
    def _codes(self) -> set[str]:
        """Of the open indicators that the area has, missing ones among them."""
        profile = self._profile
        had = set() if profile is None else {*profile.values, *profile.missing}
        return had.intersection(reference().public)

    @property
    def indicator_count(self) -> int:
        return len(self._codes)

    @property
    def has_many(self) -> bool:
        """Whether the page begins with some of the indicators only."""
        return self.indicator_count > FEW

    @cached_property
    def indicators(self) -> list[IndicatorRow]:
        """Every open figure, by theme and then as publications list them. Hundreds: only where all are shown."""
        return self._rows(self._known(self._codes))

    def _known(self, codes) -> list[Indicator]:
        public = reference().public
        return sorted((public[code] for code in codes), key=indicator_place)

    def _rows(self, known: list[Indicator]) -> list[IndicatorRow]:
        profile = self._profile
        if not known:
            return []
        spread = national_distribution([row.code for row in known], synthetic=self.is_synthetic)
        datasets = reference().datasets
        return [
            _indicator_row(self.code, row, profile, spread.get(row.code), datasets.get(profile.datasets.get(row.code)))
            for row in known
        ]

    @cached_property
    def key_indicators(self) -> list[IndicatorRow]:
        """The figures that an area is introduced with, beside those of others; all of them where there are few."""
        known = self._known(self._codes.intersection(KEY_INDICATORS) if self.has_many else self._codes)
        if self.has_many:
            known.sort(key=lambda row: KEY_INDICATORS.index(row.code))
        codes = [row.code for row in known]
        standings = Standings(self.area, codes, [each.area_id for each in self.similarity.areas]).by_code
        return [
            replace(row, medians=medians(standings.get(row.code), indicator))
            for row, indicator in zip(self._rows(known), known, strict=True)
        ]

    @cached_property
    def similarity(self) -> Similarity:
        return similar_areas(self.area)

    @cached_property
    def similar(self) -> list[SimilarRow]:
        """Areas that are most like this one, the nearest first."""
        return similar_rows(self.area, self.similarity, self._beside)

    @property
    def similar_method(self) -> tuple[str, ...]:
        return method_sentences()

    @property
    def similar_variables(self) -> list[tuple[str, str]]:
        return variables_text(self.similarity)

    @property
    def compare_similar_url(self) -> str:
        """This area beside the five that are most like it."""
        return compare_url([self.code, *(row.url.strip("/").split("/")[-1] for row in self.similar[:WITH_ALL])])

    @property
    def compare_neighbours_url(self) -> str:
        return compare_url([self.code, *(row["code"] for row in self.neighbours[:WITH_ALL])])

    @property
    def may_see_visits(self) -> bool:
        return self.user is not None and allowed(self.user, Permission.VIEW_PLANS, self.organisation)

    @cached_property
    def shown_visits(self) -> list:
        """Rows of the trail's reading; empty for whoever may not see plans."""
        return visits_in(self.area, self.organisation) if self.may_see_visits else []

    @property
    def visits(self) -> list[VisitRow]:
        return visit_rows(self.shown_visits[:MOST_VISITS])

    @property
    def has_more_visits(self) -> bool:
        return len(self.shown_visits) > MOST_VISITS

    @property
    def indicator_groups(self) -> list[tuple[str, list[IndicatorRow]]]:
        """Theme and all its figures, to be unfolded; none where the key figures are all there is."""
        if not self.has_many:
            return []
        return [(theme, list(rows)) for theme, rows in groupby(self.indicators, key=lambda row: row.theme)]

    @cached_property
    def own_indicators(self) -> list[OwnRow]:
        """Figures that the organisation handed in; open data are in `indicators`, which everybody sees."""
        return own_rows(self.area, self.organisation)

    @property
    def indicators_note(self) -> str:
        kind = "fictional " if self.is_synthetic else ""
        return (
            f"England, ICB, local authority, similar areas: medians of {kind}areas. Place: among all that have a figure"
        )

    @property
    def facts(self) -> list[Fact]:
        values = self._profile.values if self._profile else {}
        facts = []
        if self.score:
            facts.append(Fact("Suggested visit", minutes_text(self.score)))
        if self.override:
            facts.append(Fact("Planned visit", f"{self.override.minutes} minutes, set by your organisation"))
        if values.get("population") is not None:
            facts.append(Fact("Residents", f"{values['population']:,.0f}"))
        if values.get("imd_decile") is not None:
            decile = int(values["imd_decile"])
            ends = {1: " (most deprived tenth)", 10: " (least deprived tenth)"}
            facts.append(Fact("IMD decile", f"{decile} of 10{ends.get(decile, '')}"))
        if values.get("imd_rank") is not None:
            facts.append(Fact("IMD rank", f"{values['imd_rank']:,.0f} (1 is the most deprived)"))
        return facts + self._whereabouts()

    def _whereabouts(self) -> list[Fact]:
        """What it belongs to, as far as the look-ups that are loaded say; larger places last."""
        area = self.area
        places = [
            ("Ward", area.ward_name),
            ("Neighbourhood (MSOA)", area.msoa_name),
            ("Local authority", area.local_authority_name),
            ("Sub-ICB location", area.sub_icb_name),
            ("Region", area.region_name),
            ("Rural or urban", area.rural_urban_name),
        ]
        live = Postcode.objects.live().filter(area_code=area.code).count()
        if live:
            places.append(("Postcodes in use", f"{live:,}"))
        return [Fact(label, text) for label, text in places if text]

    @cached_property
    def history(self) -> list[HistoryRow]:
        """The last scores, each with why its class is another than before."""
        return history_rows(self.area, self._scores[:HISTORY_LENGTH], before=self._scores[HISTORY_LENGTH:])

    @cached_property
    def override(self) -> VisitMinutesOverride | None:
        """Minutes that the organisation plans instead of those of the model."""
        # Few areas have one: who set it is asked for where there is one.
        overrides = VisitMinutesOverride.objects.for_organisation(self.organisation).in_force()
        return overrides.filter(area=self.area).first()

    @property
    def priority_url(self) -> str:
        return reverse("area-priority", args=[self.code])

    @cached_property
    def locator(self) -> Locator | None:
        return locator(self.area)

    @cached_property
    def _beside(self) -> list:
        return areas_beside(self.area, self.similarity)

    @cached_property
    def neighbours(self) -> list[dict]:
        """Areas that share a border, by name."""
        touching = [area for area in self._beside if area.touches][:MOST_NEIGHBOURS]
        return [
            {
                "url": reverse("area", args=[area.code]),
                "code": area.code,
                "name": area.name,
                "priority": area_tag(area),
            }
            for area in touching
        ]


def _indicator_row(area_code: str, row: Indicator, profile, spread: Distribution | None, dataset) -> IndicatorRow:
    value = profile.values.get(row.code)
    return IndicatorRow(
        code=row.code,
        name=row.name,
        unit="" if row.unit in ("%", "decile", "rank") else row.unit,
        text="" if value is None else wording.figure(value, row.decimals, row.unit),
        missing=wording.missing(profile.missing.get(row.code)) if value is None else "",
        value=value,
        median=wording.figure(spread.median, row.decimals, row.unit) if spread and row.unit != "rank" else "",
        strip=Strip(spread.minimum, spread.median, spread.maximum) if spread else None,
        comparison=_comparison(value, spread) if value is not None and spread else "",
        source=str(dataset) if dataset else row.source,
        source_url=reverse("dataset", args=[dataset.pk]) if dataset else "",
        is_provisional=bool(dataset and dataset.is_provisional),
        url=reverse("figure", args=[row.code, area_code]),
        theme=row.theme or OTHER_THEME,
    )


def _comparison(value: float, spread: Distribution) -> str:
    below = spread.share_below(value)
    if below >= 50:
        return f"Higher than {min(below, 99):.0f}% of areas"
    return f"Lower than {min(100 - below, 99):.0f}% of areas"


def area_card(area) -> dict:
    """The short form that the map's panel shows."""
    score = score_in_force(area)
    reasons = []
    if score:
        tree = explanation_panel(score, evidence=False).tree
        reasons = [{"label": child.label, "text": _capital(child.class_name)} for child in tree.children]
    return {
        "name": area.name,
        "code": area.code,
        "authority": area.local_authority_name,
        "priority": priority_tag(score) if score else None,
        "is_core20": area.imd_decile is not None and area.imd_decile <= CORE20_DECILE,
        "reasons": reasons,
        "minutes": score.visit_minutes if score else None,
        "url": reverse("area", args=[area.code]),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:].replace("_", " ")


def tags_by_area(areas) -> dict[int, PriorityTag]:
    """The tag of every area given, by its primary key; one query."""
    scores = PriorityScore.objects.current().filter(area__in=[area.pk for area in areas])
    by_area = {score.area_id: score for score in scores}
    return {area.pk: priority_tag(by_area.get(area.pk)) for area in areas}
