"""Scores of an area with their runs and model versions, which the process keeps: they weigh more than the scores."""

from collections.abc import Iterable
from uuid import UUID

from accounts.kept_answers import aside
from accounts.kept_rows import KeptRows
from priorities.models import ModelVersion, PriorityScore, ScoreRun

# By id, as far as they were asked for.
_kept: KeptRows[dict[UUID, ScoreRun]] = KeptRows(lambda: (ScoreRun, ModelVersion), dict)


def kept_runs(keys: Iterable[UUID]) -> dict[UUID, ScoreRun]:
    """Runs with their model versions, as they are stored now. Rows are shared: leave them as they are."""
    keys, reading = set(keys), _kept.now()
    wanted = keys - reading.value.keys()
    if not wanted:
        return {key: reading.value[key] for key in keys}
    with aside():
        read = ScoreRun.objects.select_related("model_version").in_bulk(wanted)
    found = {key: reading.value[key] for key in keys - wanted} | read
    if _kept.version() == reading.version:
        reading.value.update(read)
    return found


def explained_scores(area, scores) -> list[PriorityScore]:
    """Scores (rows or a query set without joins) of one area, as `.with_explanation()` reads them."""
    rows = list(scores)
    runs = kept_runs(row.run_id for row in rows)
    # A run may be taken away between the two questions, and its scores with it.
    rows = [row for row in rows if row.run_id in runs]
    for row in rows:
        row.area, row.run = area, runs[row.run_id]
    return rows


def score_in_force(area) -> PriorityScore | None:
    """The current score of an area, as `.with_explanation()` reads it; None where no run has scored it."""
    # There is one at most, so it needs no order, and no join for it.
    scores = explained_scores(area, PriorityScore.objects.current().filter(area=area).order_by()[:1])
    return scores[0] if scores else None
