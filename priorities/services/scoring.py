"""Writes about score runs: queueing, evaluating, and bringing the results into force."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, jobs
from accounts.models import Job, User
from lsoa.models import Dataset, Patch
from priorities import default_model
from priorities.models import ModelVersion, ScoreRun
from priorities.notices.tasks import look_soon
from priorities.score_inputs import ScoreInputs, read_inputs
from priorities.score_storage import copy_scores
from priorities.scores_before import ScoresBefore, end_scores, scores_before
from priorities.scoring import ScoreResults, score

SCORE_KIND = "priorities.score"
# One number for the advisory lock of score runs: two at once would both believe that they are the latest.
SCORE_LOCK = 0x5C0E


class NothingToScore(ValueError):
    """No published model, or no area."""


def published_version(*, name: str | None = None, number: int | None = None) -> ModelVersion:
    """Return the published version (of a name; a number, where given, must be the published one). NothingToScore."""
    version = ModelVersion.objects.published().filter(name=name or default_model.NAME).first()
    if version is None:
        raise NothingToScore("No version of the model is published. `manage.py install_default_model` prepares one.")
    if number is not None and version.number != number:
        raise NothingToScore(f"Version {number} is not published; version {version.number} is.")
    return version


@transaction.atomic
def start_score_run(*, by, patch=None, version: ModelVersion | None = None) -> Job:
    """Queue a recalculation of all areas, or of those of a patch, with the published version."""
    version = version or published_version()
    where = patch.name if patch else "all areas"
    payload = {"model_version": str(version.pk), "patch": str(patch.pk) if patch else None}
    return jobs.enqueue(
        kind=SCORE_KIND,
        title=f"Calculate the priorities of {where}",
        payload=payload,
        by=by,
        organisation=patch.organisation if patch else None,
        url=reverse("score-runs"),
    )


def run_queued_scoring(*, run: jobs.JobRun) -> ScoreRun:
    """Do what `start_score_run` queued, reporting progress to the job."""
    payload = run.job.payload
    done = score_areas(
        by=run.job.created_by or audit.SystemActor("huey:score_priorities"),
        version=ModelVersion.objects.get(pk=payload["model_version"]),
        # The patch was reached through its organisation when the job was queued.
        patch=Patch.objects.get(pk=payload["patch"]) if payload["patch"] else None,
        job=run.job,
        progress=run.progress,
    )
    result = {"run": str(done.pk), "areas": done.area_count, "changed": done.changed_count, "seconds": done.seconds}
    run.progress(99, f"{done.area_count:,} areas in {done.seconds:.1f} s", result=result)
    return done


def score_areas(
    *,
    by,
    version: ModelVersion | None = None,
    patch=None,
    job: Job | None = None,
    progress: Callable[[int, str], None] = lambda percent, message: None,
) -> ScoreRun:
    """Evaluate the published version over all areas (or a patch) and store every score with its reasons.

    Results come into force in one transaction; `progress` may raise to stop before that. Raises NothingToScore.
    """
    clock, started = time.perf_counter(), timezone.now()
    version = version or published_version()
    _check_published(version)
    progress(5, "Reading the figures")
    inputs = read_inputs(list(version.compiled.indicators), patch=patch)
    if not len(inputs.areas):
        raise NothingToScore("There are no areas to score. Load boundaries first.")
    progress(40, "Evaluating the model")
    run = ScoreRun(
        model_version=version, patch=patch, job=job, started_at=started, started_by=by if isinstance(by, User) else None
    )
    # The evaluation uses one core while the database ends the scores before on another.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="score") as evaluation:
        results = evaluation.submit(score, version.compiled, inputs)
        progress(60, "Storing scores and reasons")
        return _store(run=run, inputs=inputs, evaluated=results, by=by, clock=clock)


@transaction.atomic
def _store(*, run: ScoreRun, inputs: ScoreInputs, evaluated: "Future[ScoreResults]", by, clock: float) -> ScoreRun:
    """Whatever fails or is killed before the end leaves the scores before in force: it is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SCORE_LOCK])
    # Another version may have been published, and scored, while this run waited.
    _check_published(run.model_version)
    ended = end_scores(inputs.areas if run.patch_id is not None else None)
    results = evaluated.result()
    before = scores_before(results, ended)
    _describe(run, results, before)
    run.save()
    is_current = np.ones(len(inputs.areas), dtype=bool)
    copy_scores(run.pk, results.columns() | before.columns() | {"is_current": is_current})
    run.finished_at, run.seconds = timezone.now(), round(time.perf_counter() - clock, 3)
    run.save(update_fields=["finished_at", "seconds"])
    details = {"areas": run.area_count, "provisional": run.provisional_count, "changes": run.changes}
    audit.record(action="scores.calculated", by=by, target=run, details=details | {"classes": run.class_counts})
    transaction.on_commit(lambda: look_soon(run.pk))
    return run


def _check_published(version: ModelVersion) -> None:
    if not ModelVersion.objects.published().filter(pk=version.pk).exists():
        raise NothingToScore(f"{version} is not published, so its scores cannot come into force.")


def _describe(run: ScoreRun, results: ScoreResults, before: ScoresBefore) -> None:
    previous = before.priorities
    known = previous >= 0
    rose = int((known & (results.priorities > previous)).sum())
    fell = int((known & (results.priorities < previous)).sum())
    run.datasets, run.sources = results.inputs.dataset_ids, results.inputs.sources
    run.area_count, run.provisional_count = len(previous), int(results.provisional.sum())
    run.changed_count = rose + fell if known.any() else None
    run.changes = {"rose": rose, "fell": fell, "same": int(known.sum()) - rose - fell, "new": int((~known).sum())}
    classes, counts = np.unique(results.priorities, return_counts=True)
    run.class_counts = {str(index): int(count) for index, count in zip(classes, counts, strict=True)}
    late = Dataset.objects.in_force().filter(loaded_at__gt=run.started_at).first()
    if late is not None:
        run.outdated_at, run.outdated_because = timezone.now(), f"{late} was loaded meanwhile"[:300]
