"""Everything that a dashboard shows of a patch and a period."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import isnan

from django.core.cache import cache
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from lsoa.models import Dataset, Patch, QualityAlert
from priorities.changes import compare_runs
from priorities.models import PriorityClass, ScoreRun
from routing.models import Team

from ..figure_columns import figures_of as figures_of_areas
from ..selection import REMEMBERED_SECONDS, Selection, areas_with_scores
from .periods import WholeWeeks
from .reach import PatchArea, Reach
from .versions import WorkVersions
from .visits import VisitFigures, figures_of, is_kept


@dataclass(frozen=True)
class ClassChange:
    """Areas of the patch by class (index: class) now, and how many moved since the calculation before it."""

    areas: int
    by_class: tuple[int, ...]
    core20: int
    unscored: int
    rose: int = 0
    fell: int = 0
    before: ScoreRun | None = field(default=None, compare=False)
    after: ScoreRun | None = field(default=None, compare=False)

    @property
    def urgent(self) -> int:
        return self.by_class[PriorityClass.URGENT]


@dataclass(frozen=True)
class Freshness:
    """When data were last loaded and areas last scored; whether the scores are older than the data."""

    loaded_at: datetime | None
    datasets: int
    scored_at: datetime | None
    outdated_because: str
    open_alerts: int

    @property
    def days(self) -> int | None:
        """Since data were last loaded."""
        return None if self.loaded_at is None else (timezone.localdate() - timezone.localdate(self.loaded_at)).days


class Dashboard:
    """Figures of the patch of a selection; those about visits are None for whoever may not see plans."""

    def __init__(self, selection: Selection, weeks: WholeWeeks, *, with_visits: bool):
        self.selection, self.weeks = selection, weeks
        self.with_visits = with_visits and selection.organisation is not None

    @property
    def organisation(self):
        return self.selection.organisation

    @cached_property
    def areas(self) -> list[PatchArea]:
        """Areas of the patch before any filter, remembered until data, scores or patches change."""
        patch = self.selection.patch
        name = f"dashboard:areas:{self.selection.version}:{patch.pk if patch else 'all'}"
        return cache.get_or_set(name, self._read_areas, REMEMBERED_SECONDS)

    def _read_areas(self) -> list[PatchArea]:
        areas = areas_with_scores().order_by()
        if self.selection.patch:
            areas = areas.filter(patches=self.selection.patch)
        rows = list(areas.values_list("pk", "priority"))
        figures = figures_of_areas([pk for pk, _ in rows], ("imd_decile", "population")).tolist()
        return [
            PatchArea(pk, priority, *(None if isnan(figure) else figure for figure in of_area))
            for (pk, priority), of_area in zip(rows, figures, strict=True)
        ]

    @cached_property
    def teams(self) -> list[Team]:
        """Teams all of whose areas lie in the patch; all of the organisation where no patch is chosen."""
        if not self.with_visits:
            return []
        teams = Team.objects.for_organisation(self.organisation).select_related("organisation", "patch")
        if self.selection.patch:
            links = Patch.areas.through.objects
            inside = links.filter(patch=self.selection.patch).values("area")
            teams = teams.exclude(Exists(links.filter(patch=OuterRef("patch")).exclude(area__in=inside)))
        return list(teams.order_by("name"))

    @cached_property
    def versions(self) -> WorkVersions:
        return WorkVersions(self.organisation, self.teams, self._first_day, self.weeks.last_day)

    @property
    def _first_day(self):
        return min(self.weeks.before.first_day, self.weeks.trend[0].first_day)

    @property
    def is_at_hand(self) -> bool:
        """Whether everything slow has been worked out before."""
        return not self.with_visits or is_kept(
            self.teams, [self.weeks, self.weeks.before, *self.weeks.trend], self.versions
        )

    @cached_property
    def visits(self) -> VisitFigures | None:
        return figures_of(self.teams, self.weeks, self.versions) if self.with_visits else None

    @cached_property
    def visits_before(self) -> VisitFigures | None:
        return figures_of(self.teams, self.weeks.before, self.versions) if self.with_visits else None

    @cached_property
    def visit_trend(self) -> list[VisitFigures]:
        return [figures_of(self.teams, week, self.versions) for week in self.weeks.trend] if self.with_visits else []

    @cached_property
    def reach(self) -> Reach | None:
        if not self.with_visits:
            return None
        return Reach.of(self.organisation, self.areas, self._first_day, self.weeks.last_day)

    @cached_property
    def run(self) -> ScoreRun | None:
        """The calculation in force."""
        return ScoreRun.objects.latest_finished()

    @cached_property
    def classes(self) -> ClassChange:
        counts = [sum(area.priority == number for area in self.areas) for number in PriorityClass.values]
        core20 = sum(area.is_core20 for area in self.areas)
        before = _run_before(self.run)
        rose, fell = self._moves(before, self.run)
        return ClassChange(
            len(self.areas), tuple(counts), core20, len(self.areas) - sum(counts), rose, fell, before, self.run
        )

    def _moves(self, before, after) -> tuple[int, int]:
        if before is None:
            return 0, 0
        patch = self.selection.patch
        name = f"dashboard:moves:{before.pk}:{after.pk}:{self.selection.version}:{patch.pk if patch else 'all'}"

        def compare():
            compared = compare_runs(before, after, patch=patch)
            return compared.rose, compared.fell

        return cache.get_or_set(name, compare, REMEMBERED_SECONDS)

    @cached_property
    def freshness(self) -> Freshness:
        told = Dataset.objects.public().in_force().aggregate(last=Max("loaded_at"))
        run = self.run
        alerts = QualityAlert.objects.open().visible_to(self.organisation).filter(Q(acknowledged_at=None))
        return Freshness(
            loaded_at=told["last"],
            datasets=len(Dataset.objects.public().in_force().order_by().values_list("publication").distinct()),
            scored_at=run and run.finished_at,
            outdated_because=run.outdated_because if run else "",
            open_alerts=len(alerts.values_list("pk")),
        )


def _run_before(after: ScoreRun | None) -> ScoreRun | None:
    """The calculation of the same kind (all areas, or the same patch) before it."""
    if after is None:
        return None
    return (
        ScoreRun.objects.finished()
        .filter(patch=after.patch_id, finished_at__lt=after.finished_at)
        .select_related("model_version", "patch")
        .order_by("-finished_at")
        .first()
    )


def dashboard(selection: Selection, weeks: WholeWeeks, *, with_visits: bool) -> Dashboard:
    return Dashboard(selection, weeks, with_visits=with_visits)
