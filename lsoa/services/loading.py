"""Loading publications."""

from collections.abc import Callable, Iterable
from pathlib import Path

import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from accounts import audit, jobs
from accounts.access import allowed
from accounts.permissions import Permission
from lsoa.loading import hooks
from lsoa.loading.discovery import discover
from lsoa.loading.loader import LoadOutcome, load_material
from lsoa.models import AreaProfile, Dataset, Patch
from lsoa.signals import dataset_loaded
from lsoa.sources.base import Stage

log = structlog.get_logger(__name__)

# progress(fraction of everything, message)
Progress = Callable[[float, str], None]
# Where the bar stands: files, then what follows from boundaries, then the profile.
FILES_END, FOLLOW_UP_END = 0.8, 0.95


def load_file(*, path, by, patch: Patch | None = None, dry_run=False, progress: Progress | None = None) -> LoadOutcome:
    """Load one file (see `load_paths`) and return what became of it."""
    return load_paths(paths=[path], by=by, patch=patch, dry_run=dry_run, progress=progress)[0]


def load_paths(
    *,
    paths: Iterable[str | Path],
    by,
    patch: Patch | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    on_outcome: Callable[[LoadOutcome], None] | None = None,
) -> list[LoadOutcome]:
    """Load every file below the paths that an adapter recognises, each in a transaction of its own.

    A bad file is refused whole and the others go on. At the end, once: what follows from new boundaries, statistics,
    the areas' profile; then `dataset_loaded` is sent for every new dataset. Raises PathMissing.
    """
    tell = progress or (lambda fraction, message: None)
    found = discover(paths)
    outcomes: list[LoadOutcome] = []
    finishers: list[Callable[[], None]] = []
    boundaries_pending = False
    try:
        for place, item in enumerate(found):
            if boundaries_pending and (item.source is None or item.source.stage > Stage.BOUNDARIES):
                finishers += _after_boundaries(by, tell, FILES_END * place / len(found))
                boundaries_pending = False
            outcome = load_material(
                material=item.material,
                source=item.source,
                by=by,
                patch=patch,
                dry_run=dry_run,
                progress=_file_progress(tell, place, len(found), item.material.name),
            )
            boundaries_pending |= outcome.changed_boundaries and not dry_run
            outcomes.append(outcome)
            if on_outcome is not None:
                on_outcome(outcome)
        if boundaries_pending:
            finishers += _after_boundaries(by, tell, FILES_END)
    finally:
        # Also when the work was cancelled half way: what has been loaded must show.
        if not dry_run:
            _follow_up(outcomes, finishers, tell)
    tell(1.0, "done")
    return outcomes


def _after_boundaries(by, tell, fraction) -> list[Callable[[], None]]:
    # The planner must know how many areas there are now, before half a million values look them up.
    _run_function("analyse_open_data")
    return hooks.after_boundaries(by=by, progress=lambda done, message="": tell(fraction, message))


@transaction.atomic
def queue_load(*, paths: Iterable[str | Path], by, patch: Patch | None = None):
    """Load files in the background and return the job. Raises PermissionDenied unless a person may load data,
    PathMissing for paths that lead nowhere."""
    from lsoa.tasks import LOAD_KIND

    if not isinstance(by, audit.SystemActor) and not allowed(by, Permission.LOAD_DATA):
        raise PermissionDenied("Loading data is for platform administrators.")
    names = [item.material.name for item in discover(paths)]
    return jobs.enqueue(
        kind=LOAD_KIND,
        title=f"Load {names[0]}" if len(names) == 1 else f"Load {len(names)} files",
        payload={"paths": [str(path) for path in paths], "patch": str(patch.pk) if patch else None},
        organisation=patch.organisation if patch else None,
        by=by,
    )


def _file_progress(tell, place, files, name):
    return lambda fraction: tell(FILES_END * (place + fraction) / max(files, 1), name)


def _follow_up(outcomes, finishers, tell):
    datasets = [outcome.dataset for outcome in outcomes if outcome.state in ("loaded", "history")]
    if not datasets and not _profile_lags(outcomes):
        return
    tell(FILES_END, "what follows from new boundaries")
    for finish in finishers:
        finish()
    tell(FOLLOW_UP_END, "profile of the areas")
    refresh_profile(analyse=True)
    for dataset in datasets:
        tell_others(dataset)


def tell_others(dataset):
    """Send `dataset_loaded`. The data are in by now: a listener that fails is logged and takes nothing back."""
    for receiver, answer in dataset_loaded.send_robust(sender=Dataset, dataset=dataset):
        if isinstance(answer, Exception):
            log.error(
                "dataset_loaded_listener_failed", listener=str(receiver), dataset=str(dataset.pk), exc_info=answer
            )


def _profile_lags(outcomes) -> bool:
    """Whether figures in force are missing from the profile: a load was killed after its last commit."""
    for outcome in outcomes:
        dataset = outcome.dataset
        if dataset is None or dataset.state != Dataset.State.CURRENT:
            continue
        value = dataset.values.select_related("indicator").first()
        if value is not None:
            profile = AreaProfile.objects.filter(area=value.area_id).first()
            if profile is None or value.indicator.code not in profile.datasets:
                return True
    return False


def refresh_profile(*, analyse=False) -> None:
    """Bring the materialised profile and the distributions up to the values in force (by the owner's functions)."""
    if analyse:
        _run_function("analyse_open_data")
    _run_function("refresh_area_profile")


def _run_function(name: str) -> None:
    """Run one of the owner's functions (migration 0002)."""
    with connection.cursor() as cursor:
        cursor.callproc(name)
