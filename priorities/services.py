"""Every write of this app: versions of the model and their publication by two people, and score runs."""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from accounts import audit, jobs
from accounts.access import allowed
from accounts.models import Job, User
from accounts.permissions import Permission
from lsoa.models import Dataset, Patch
from priorities import default_model
from priorities.computed_thresholds import thresholds_from_data
from priorities.dex.dxi import read_dxi
from priorities.dex.minutes import DEFAULT_POLICY
from priorities.imported_models import content_of
from priorities.model_versions import compile_version, minutes_to_json
from priorities.models import ModelVersion, PriorityScore, ScoreRun
from priorities.score_inputs import read_inputs
from priorities.score_storage import copy_scores
from priorities.scoring import ScoreResults, score

SCORE_KIND = "priorities.score"
# One number for the advisory lock of score runs: two at once would both believe that they are the latest.
SCORE_LOCK = 0x5C0E


class PublicationRefused(ValueError):
    """A version that cannot take this step, or a person who may not take it."""


class ImportRefused(ValueError):
    """A model file that cannot become a version."""


class NothingToScore(ValueError):
    """No published model, or no area."""


@transaction.atomic
def install_default_model(*, by) -> ModelVersion:
    """Return the default model as a version, with thresholds from the loaded data.

    An existing version with the same content and the same thresholds is returned as it is: a second call changes
    nothing. Otherwise a new draft is made. Raises ThresholdsNotComputable.
    """
    definition = default_model.FILE.read_text()
    digest = hashlib.sha256(definition.encode()).hexdigest()
    content = {
        "definition": definition,
        "definition_sha256": digest,
        "inputs": {name: wanted.indicator for name, wanted in default_model.INPUTS.items()},
        "thresholds": _default_thresholds(),
        "minutes": minutes_to_json(DEFAULT_POLICY),
    }
    versions = ModelVersion.objects.select_for_update().filter(name=default_model.NAME)
    latest = versions.order_by("-number").first()
    if latest is not None and _same_content(latest, content):
        return latest
    version = ModelVersion(
        name=default_model.NAME,
        number=latest.number + 1 if latest else 1,
        created_by=by if isinstance(by, User) else None,
        **content,
    )
    compile_version(version)
    version.save()
    audit.record(action="model.drafted", by=by, target=version, details=_named(version))
    return version


@transaction.atomic
def import_model(*, definition: bytes | str, by, name: str = "", reason: str = "") -> ModelVersion:
    """Make a draft from the content of a .dxi file, called ``name`` or as the file says; an editor completes it.

    The same file again returns its draft while that is the latest version. Raises DxiError, ImportRefused.
    """
    if isinstance(by, User):
        _check_administrator(by)
    model = read_dxi(definition)
    name = " ".join((name or model.name).split())
    if not name or len(name) > 100:
        raise ImportRefused(f"A model needs a name of 1 to 100 characters; this one has {len(name)}.")
    latest = ModelVersion.objects.select_for_update().filter(name=name).order_by("-number").first()
    content = content_of(model, predecessor=latest)
    same = latest is not None and latest.definition_sha256 == content["definition_sha256"]
    if same and latest.state == ModelVersion.State.DRAFT:
        return latest
    number = latest.number + 1 if latest else 1
    author = by if isinstance(by, User) else None
    version = ModelVersion.objects.create(name=name, number=number, reason=reason, created_by=author, **content)
    audit.record(action="model.imported", by=by, target=version, details=_named(version))
    return version


def _default_thresholds() -> dict:
    inputs = read_inputs([wanted.indicator for wanted in default_model.INPUTS.values()])
    return thresholds_from_data(default_model.INPUTS, inputs)


def _same_content(version: ModelVersion, content: dict) -> bool:
    """Whether nothing would come out differently. JSON has no tuples, so both sides are compared as JSON reads them."""
    stored = {name: _as_json(getattr(version, name)) for name in content}
    return stored == {name: _as_json(value) for name, value in content.items()}


def _as_json(value):
    if isinstance(value, dict):
        return {key: _as_json(part) for key, part in value.items()}
    return [_as_json(part) for part in value] if isinstance(value, list | tuple) else value


@transaction.atomic
def compute_thresholds(*, version: ModelVersion, by) -> ModelVersion:
    """Compute the thresholds of a draft anew from the profiles of all areas. PublicationRefused for any other state."""
    version = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelVersion.State.DRAFT:
        raise PublicationRefused(f"{version} is not a draft: its thresholds cannot change. Make a new version.")
    specifications = {name: default_model.INPUTS[name] for name in version.inputs}
    version.thresholds = thresholds_from_data(specifications, read_inputs(list(version.inputs.values())))
    compile_version(version)
    version.save(update_fields=["thresholds"])
    audit.record(action="model.thresholds_computed", by=by, target=version, details=_named(version))
    return version


@transaction.atomic
def propose_version(*, version: ModelVersion, by: User, reason: str = "") -> ModelVersion:
    """Hand a draft to a second platform administrator for publication."""
    _check_administrator(by)
    version = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelVersion.State.DRAFT:
        raise PublicationRefused(f"{version} is {version.get_state_display().lower()}; only a draft can be proposed.")
    if not version.thresholds:
        raise PublicationRefused(f"{version} has no thresholds yet.")
    version.state, version.proposed_by, version.reason = ModelVersion.State.REVIEW, by, reason or version.reason
    version.save(update_fields=["state", "proposed_by", "reason"])
    audit.record(action="model.proposed", by=by, target=version, details=_named(version))
    return version


@transaction.atomic
def return_version(*, version: ModelVersion, by: User) -> ModelVersion:
    """Take a version in review back to draft, so that it can be changed."""
    _check_administrator(by)
    version = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelVersion.State.REVIEW:
        raise PublicationRefused(f"{version} is not in review.")
    version.state, version.proposed_by = ModelVersion.State.DRAFT, None
    version.save(update_fields=["state", "proposed_by"])
    audit.record(action="model.returned", by=by, target=version, details=_named(version))
    return version


@transaction.atomic
def publish_version(*, version: ModelVersion, by: User) -> ModelVersion:
    """Publish a version in review; the one published before is retired. `by` must not have proposed it."""
    _check_administrator(by)
    version = ModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelVersion.State.REVIEW:
        raise PublicationRefused(f"{version} is {version.get_state_display().lower()}; it must be proposed first.")
    if version.proposed_by_id == by.pk:
        raise PublicationRefused("Whoever proposed a version cannot publish it: that takes a second administrator.")
    compile_version(version)
    retired = list(ModelVersion.objects.published().filter(name=version.name).select_for_update())
    for old in retired:
        old.state = ModelVersion.State.RETIRED
        old.save(update_fields=["state"])
    version.state, version.published_by, version.published_at = ModelVersion.State.PUBLISHED, by, timezone.now()
    version.save(update_fields=["state", "published_by", "published_at"])
    details = _named(version) | {"retired": [old.number for old in retired]}
    audit.record(action="model.published", by=by, target=version, details=details)
    return version


@transaction.atomic
def publish_default_model(*, proposed_by: User, published_by: User, reason: str = "") -> ModelVersion:
    """Install the default model from the loaded data and publish it: the first administrator proposes, the second
    publishes. Does nothing when the published version would come out the same."""
    version = install_default_model(by=proposed_by)
    if version.state == ModelVersion.State.DRAFT:
        version = propose_version(version=version, by=proposed_by, reason=reason or "Thresholds from the loaded data")
    if version.state == ModelVersion.State.REVIEW:
        version = publish_version(version=version, by=published_by)
    return version


def _check_administrator(by) -> None:
    if not (isinstance(by, User) and allowed(by, Permission.PUBLISH_MODELS)):
        raise PublicationRefused("Only a platform administrator can do this.")


def _named(version: ModelVersion) -> dict:
    return {"name": version.name, "number": version.number, "sha256": version.definition_sha256}


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
    return jobs.enqueue(kind=SCORE_KIND, title=f"Calculate the priorities of {where}", payload=payload, by=by)


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
    if version.state != ModelVersion.State.PUBLISHED:
        raise NothingToScore(f"{version} is not published, so its scores cannot come into force.")
    progress(5, "Reading the figures")
    inputs = read_inputs(list(version.compiled.indicators), patch=patch)
    if not len(inputs.areas):
        raise NothingToScore("There are no areas to score. Load boundaries first.")
    progress(40, "Evaluating the model")
    results = score(version.compiled, inputs)
    progress(60, "Storing scores and reasons")
    run = ScoreRun(
        model_version=version, patch=patch, job=job, started_at=started, started_by=by if isinstance(by, User) else None
    )
    return _store(run=run, results=results, by=by, clock=clock, read_at=started)


@transaction.atomic
def _store(*, run: ScoreRun, results: ScoreResults, by, clock: float, read_at: datetime) -> ScoreRun:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SCORE_LOCK])
    previous = _previous_classes(results)
    _describe(run, results, previous, read_at)
    run.save()
    _end_current_scores(run, results)
    columns = results.columns() | {"is_current": np.ones(len(previous), dtype=bool)}
    new = previous < 0
    copy_scores(run.pk, {name: column[new] for name, column in columns.items()})
    known = columns | {"previous_priority": previous.astype(np.int16)}
    copy_scores(run.pk, {name: column[~new] for name, column in known.items()})
    run.finished_at, run.seconds = timezone.now(), round(time.perf_counter() - clock, 3)
    run.save(update_fields=["finished_at", "seconds"])
    details = {"areas": run.area_count, "provisional": run.provisional_count, "changes": run.changes}
    audit.record(action="scores.calculated", by=by, target=run, details=details | {"classes": run.class_counts})
    return run


def _end_current_scores(run: ScoreRun, results: ScoreResults) -> None:
    """A run over all areas ends every score in force, also that of an area which is gone; a patch only its own."""
    ended = PriorityScore.objects.current()
    if run.patch_id is not None:
        ended = ended.filter(area_id__in=results.inputs.areas.tolist())
    ended.update(is_current=False)


def _previous_classes(results: ScoreResults) -> np.ndarray:
    """Class in force before, per area of the run; -1 for none."""
    current = dict(PriorityScore.objects.current().values_list("area_id", "priority"))
    return np.array([current.get(area, -1) for area in results.inputs.areas.tolist()], dtype=np.int16)


def _describe(run: ScoreRun, results: ScoreResults, previous: np.ndarray, read_at: datetime) -> None:
    known = previous >= 0
    rose = int((known & (results.priorities > previous)).sum())
    fell = int((known & (results.priorities < previous)).sum())
    run.datasets, run.sources = results.inputs.dataset_ids, results.inputs.sources
    run.area_count, run.provisional_count = len(previous), int(results.provisional.sum())
    run.changed_count = rose + fell if known.any() else None
    run.changes = {"rose": rose, "fell": fell, "same": int(known.sum()) - rose - fell, "new": int((~known).sum())}
    classes, counts = np.unique(results.priorities, return_counts=True)
    run.class_counts = {str(index): int(count) for index, count in zip(classes, counts, strict=True)}
    late = Dataset.objects.in_force().filter(loaded_at__gt=read_at).first()
    if late is not None:
        run.outdated_at, run.outdated_because = timezone.now(), f"{late} was loaded meanwhile"[:300]


@transaction.atomic
def mark_outdated(*, dataset: Dataset) -> None:
    """Note on the published model and on the current scores that data came into force, or were rolled back, since.

    Nothing is recalculated: an administrator decides about thresholds, and somebody asks for new scores.
    """
    version = ModelVersion.objects.published().filter(name=default_model.NAME).first()
    if version is None:
        return
    codes = set(dataset.values.filter(indicator__code__in=version.inputs.values()).values_list(
        "indicator__code", flat=True).distinct())  # fmt: skip
    run = ScoreRun.objects.latest_finished()
    was_read = run is not None and str(dataset.pk) in run.datasets
    if not codes and not was_read and not dataset.areas.exists():
        return
    happened = "was loaded" if dataset.state == Dataset.State.CURRENT else "is no longer in force"
    now, because = timezone.now(), f"{dataset} {happened}"[:300]
    details = {"dataset": str(dataset.pk), "indicators": sorted(codes)}
    computed = {entry["indicator"] for entry in version.thresholds.values() if entry.get("method") != "fixed"}
    actor = audit.SystemActor("signal:dataset_loaded")
    if codes & computed and version.outdated_at is None:
        ModelVersion.objects.filter(pk=version.pk).update(outdated_at=now, outdated_because=because)
        audit.record(action="model.thresholds_outdated", by=actor, target=version, details=details)
    if run is not None and run.outdated_at is None:
        ScoreRun.objects.filter(pk=run.pk).update(outdated_at=now, outdated_because=because)
        audit.record(action="scores.outdated", by=actor, target=run, details=details)
