"""Calculations of priorities, and what moved between two of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.urls import reverse

from priorities.changes import ClassChange, RunComparison, why_changed
from priorities.models import PriorityScore, ScoreRun
from priorities.presenters import (
    CAUSE_LABELS,
    MoveRow,
    PriorityTag,
    comparison_text,
    move_rows,
    priority_tag,
    tag_for_class,
)

from . import wording

RUNS_PER_PAGE, AREAS_PER_PAGE, INPUTS_SHOWN = 25, 25, 3
AREAS_AT_ONCE = 250


@dataclass(frozen=True)
class RunRow:
    """One calculation. `where`: all areas, or those of a patch, which only its own organisation reads by name."""

    when: str
    model: str
    where: str
    areas: str
    moved: str
    outdated: str
    compare_url: str


@dataclass(frozen=True)
class MovedRow:
    """An area that has another class, with why."""

    name: str
    code: str
    authority: str
    url: str
    before: PriorityTag
    after: PriorityTag
    cause: str
    reasons: tuple[str, ...]
    more: int


def where_of(run: ScoreRun, organisation) -> str:
    """Which areas a run covered."""
    if run.patch_id is None:
        return "All areas"
    own = organisation is not None and run.patch.organisation_id == organisation.pk
    return run.patch.name if own else "A patch of another organisation"


def run_label(run: ScoreRun, organisation) -> str:
    """A run in a list to choose from."""
    return f"{wording.moment(run.finished_at)}, {run.model_version}, {where_of(run, organisation).lower()}"


class RunsPage:
    def __init__(self, organisation, *, page=1):
        self.organisation = organisation
        self.runs: Page = Paginator(finished_runs(), RUNS_PER_PAGE).get_page(page)

    @cached_property
    def rows(self) -> list[RunRow]:
        runs = list(self.runs)
        older = list(finished_runs().filter(finished_at__lt=runs[-1].finished_at)[:1]) if runs else []
        pairs = zip(runs, [*runs[1:], *older, None], strict=False)
        return [self._row(run, before) for run, before in pairs]

    def _row(self, run: ScoreRun, before: ScoreRun | None) -> RunRow:
        changes = run.changes or {}
        moved = f"{changes['rose']:,} up, {changes['fell']:,} down" if run.changed_count is not None else "First run"
        return RunRow(
            when=wording.moment(run.finished_at),
            model=str(run.model_version),
            where=where_of(run, self.organisation),
            areas=wording.count(run.area_count),
            moved=moved,
            outdated=run.outdated_because,
            compare_url=f"{reverse('compare-runs')}?before={before.pk}&after={run.pk}" if before else "",
        )


class ComparisonPage:
    """Two runs side by side. `direction` narrows the list of areas to those that rose or fell."""

    def __init__(self, comparison: RunComparison, organisation, *, direction="", page=1):
        self.comparison, self.organisation, self.direction, self._page = comparison, organisation, direction, page

    @property
    def before(self) -> str:
        return run_label(self.comparison.before, self.organisation)

    @property
    def after(self) -> str:
        return run_label(self.comparison.after, self.organisation)

    @cached_property
    def text(self) -> str:
        return comparison_text(self.comparison)

    @cached_property
    def moves(self) -> list[MoveRow]:
        return move_rows(self.comparison)

    @property
    def counts(self) -> list[tuple[str, str, str]]:
        """Label, areas and colour of each figure of the row at the top."""
        compared = self.comparison
        return [
            ("More urgent", wording.count(compared.rose), "her-kpi--bad"),
            ("Less urgent", wording.count(compared.fell), "her-kpi--good"),
            ("Same class", wording.count(compared.same), ""),
            ("In one run only", wording.count(compared.only_before + compared.only_after), ""),
        ]

    @property
    def causes(self) -> list[tuple[str, str]]:
        words = {cause.stored: label for cause, label in CAUSE_LABELS.items()}
        return [(words[name], wording.count(count)) for name, count in self.comparison.causes.items()]

    @property
    def heading(self) -> str:
        how = {"rose": "more urgent", "fell": "less urgent"}.get(self.direction, "in another class")
        return f"{wording.areas(self.areas.paginator.count)} {how}"

    @property
    def moved_inputs(self) -> list[tuple[str, str]]:
        return [(each.label, wording.areas(each.areas)) for each in self.comparison.moved_inputs]

    @cached_property
    def areas(self) -> Page:
        moved = self.comparison.moved_scores(direction=self.direction)
        return Paginator(moved, AREAS_PER_PAGE).get_page(self._page)

    @cached_property
    def rows(self) -> list[MovedRow]:
        """Two queries for all areas of the page together: their later and their earlier scores."""
        return self._rows_of([score.pk for score in self.areas])

    def all_rows(self) -> Iterator[MovedRow]:
        """Every area of the list, a few hundred at a time."""
        keys = list(self.areas.paginator.object_list.values_list("pk", flat=True))
        for start in range(0, len(keys), AREAS_AT_ONCE):
            yield from self._rows_of(keys[start : start + AREAS_AT_ONCE])

    def _rows_of(self, keys) -> list[MovedRow]:
        scores = PriorityScore.objects.with_explanation().defer("area__geometry")
        after = {score.pk: score for score in scores.filter(pk__in=keys)}
        wanted = [score.area_id for score in after.values()]
        before = {score.area_id: score for score in scores.filter(run=self.comparison.before, area__in=wanted)}
        return [_moved_row(why_changed(before[after[key].area_id], after[key])) for key in keys]


def _moved_row(change: ClassChange) -> MovedRow:
    area = change.after.area
    reasons = change.sentences[1:]
    return MovedRow(
        name=area.name,
        code=area.code,
        authority=area.local_authority_name,
        url=f"{reverse('area-priority', args=[area.code])}?run={change.after.run_id}",
        before=tag_for_class(change.before.priority),
        after=priority_tag(change.after),
        cause=CAUSE_LABELS[change.cause],
        reasons=reasons[:INPUTS_SHOWN],
        more=max(len(reasons) - INPUTS_SHOWN, 0),
    )


def finished_runs():
    """All runs that came into force, the newest first."""
    return ScoreRun.objects.finished().select_related("model_version", "patch").order_by("-finished_at")
