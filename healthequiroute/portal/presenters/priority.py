"""The priority of one area on its own page and sheet: the whole explanation, what changed it, and its history."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils import timezone

from accounts.access import allowed
from accounts.permissions import Permission
from lsoa.models import Dataset
from priorities.changes import ClassChange, change_before, changes_over_time
from priorities.explanations import Origins
from priorities.kept_runs import explained_scores, score_in_force
from priorities.models import PriorityScore, VisitMinutesOverride
from priorities.presenters import (
    CAUSE_LABELS,
    BoundRow,
    ExplanationPanel,
    PriorityTag,
    bound_rows,
    explanation_panel,
    minutes_text,
    override_text,
    priority_tag,
)

from . import wording

HISTORY_LENGTH = 10


@dataclass(frozen=True)
class HistoryRow:
    """One score of the area and why its class is another than before."""

    when: str
    url: str
    tag: PriorityTag
    model: str
    cause: str
    sentences: tuple[str, ...]
    in_force: bool
    is_shown: bool


class PriorityPage:
    """What `priorities/area.html` and `priorities/area_sheet.html` show. `area` comes from `areas_with_scores()`; `run`
    names the run of an earlier score, None the score in force."""

    def __init__(self, area, user, organisation, *, run: UUID | None = None, page=1):
        self.area, self.user, self.organisation, self.run, self._page = area, user, organisation, run, page
        self.name, self.code = area.name, area.code
        self.authority = area.local_authority_name or "Local authority not known"

    @cached_property
    def score(self) -> PriorityScore | None:
        if self.run is None:
            newest = next((score for score in self._newest if score.is_current), None)
            # The one in force may be older than all of the first page.
            return newest or score_in_force(self.area)
        scores = explained_scores(self.area, self._scores.filter(run=self.run)[:1])
        return scores[0] if scores else None

    @property
    def _scores(self):
        return PriorityScore.objects.filter(area=self.area).order_by("-run__finished_at")

    @cached_property
    def _newest(self) -> list[PriorityScore]:
        """As many as a page lists, and the one before them."""
        return explained_scores(self.area, self._scores[: HISTORY_LENGTH + 1])

    @property
    def is_past(self) -> bool:
        return bool(self.score and not self.score.is_current)

    @cached_property
    def override(self) -> VisitMinutesOverride | None:
        """Minutes that the organisation plans instead; a score of the past never was planned with them."""
        if self.is_past:
            return None
        return self._overrides.in_force().first()

    @property
    def _overrides(self):
        overrides = VisitMinutesOverride.objects.for_organisation(self.organisation)
        return overrides.filter(area=self.area)

    @cached_property
    def ended_overrides(self) -> list[dict]:
        return [
            {
                "text": override_text(each),
                "until": wording.day(each.ended_at),
                "who": each.ended_by.get_full_name(),
                "why": each.ended_because,
            }
            for each in self._overrides.with_people().filter(ended_at__isnull=False)
        ]

    @property
    def minutes(self) -> str:
        return minutes_text(self.score)

    @property
    def override_text(self) -> str:
        return override_text(self.override) if self.override else ""

    @property
    def may_set_minutes(self) -> bool:
        return bool(self.score) and not self.is_past and allowed(self.user, Permission.EDIT_PLANS, self.organisation)

    @cached_property
    def _origins(self) -> Origins:
        return Origins.of([self.score], compare=True)

    @cached_property
    def panel(self) -> ExplanationPanel | None:
        return explanation_panel(self.score, self._origins, override=self.override) if self.score else None

    @property
    def sections(self):
        """What follows tree and figures; unmet need stands at the top already."""
        return [section for section in self.panel.sections if section.kind != "unmet_need"]

    @cached_property
    def bounds(self) -> tuple[BoundRow, ...]:
        return bound_rows(self.score.run.model_version, self._origins)

    @cached_property
    def change(self) -> ClassChange | None:
        return change_before(self.score) if self.score else None

    @property
    def calculated(self) -> str:
        moment = timezone.localtime(self.panel.calculated_at)
        return f"{moment.day} {moment:%B %Y, %H:%M}"

    @property
    def printed(self) -> str:
        now = timezone.localtime()
        return f"{now.day} {now:%B %Y, %H:%M}"

    @cached_property
    def sources(self) -> list[Dataset]:
        """Datasets behind the figures, by title; the sheet spells out what the page links to."""
        return sorted(self._origins.datasets.values(), key=str)

    @cached_property
    def history_page(self) -> Page:
        # Few enough for one page need not be counted.
        scores = self._newest if len(self._newest) <= HISTORY_LENGTH else self._scores
        return Paginator(scores, HISTORY_LENGTH).get_page(self._page)

    @cached_property
    def history(self) -> list[HistoryRow]:
        page = self.history_page
        shown = explained_scores(self.area, page)
        before = self._scores[page.end_index() : page.end_index() + 1] if page.has_next() else ()
        return history_rows(self.area, shown, before=explained_scores(self.area, before), shown=self.score)

    @property
    def text_url(self) -> str:
        return f"{self.json_url}{'&' if self.is_past else '?'}as=text"

    @property
    def json_url(self) -> str:
        return reverse("priority-explain", args=[self.code]) + (f"?run={self.score.run_id}" if self.is_past else "")


def history_rows(
    area, scores: list[PriorityScore], *, before: list[PriorityScore], shown: PriorityScore | None = None
) -> list[HistoryRow]:
    """Rows of some scores of an area, the newest first. `before` holds the score before them, if there is one; all are
    read as `.with_explanation()` reads them."""
    changes = {change.after.pk: change for change in changes_over_time([*scores, *before])}
    return [_history_row(area, score, changes.get(score.pk), shown) for score in scores]


def _history_row(area, score: PriorityScore, change: ClassChange | None, shown: PriorityScore | None) -> HistoryRow:
    return HistoryRow(
        when=wording.day(score.run.finished_at or score.run.started_at),
        url=f"{reverse('area-priority', args=[area.code])}?run={score.run_id}",
        tag=priority_tag(score),
        model=str(score.run.model_version),
        cause=CAUSE_LABELS[change.cause] if change and change.is_move else "",
        sentences=change.sentences if change else ("First calculation of this area.",),
        in_force=score.is_current,
        is_shown=shown is not None and score.pk == shown.pk,
    )
