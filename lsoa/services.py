"""Every write of this app: loading publications, taking them back, making patches."""

from collections.abc import Callable, Iterable
from pathlib import Path

import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.text import slugify

from accounts import audit, jobs
from accounts.access import allowed
from accounts.permissions import Permission

from .loading import hooks
from .loading.discovery import discover
from .loading.loader import LoadOutcome, load_material
from .models import Area, AreaProfile, Dataset, Patch, Vintage
from .signals import dataset_loaded
from .sources.base import Stage

log = structlog.get_logger(__name__)

# progress(fraction of everything, message)
Progress = Callable[[float, str], None]
# Where the bar stands: files, then what follows from boundaries, then the profile.
FILES_END, FOLLOW_UP_END = 0.8, 0.95


class PatchInvalid(ValueError):
    """A patch that cannot be made: unknown codes, no areas, or a name that is taken."""


class RollbackImpossible(ValueError):
    """A dataset that cannot be taken back."""


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
    from .tasks import LOAD_KIND

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
        _tell_others(dataset)


def _tell_others(dataset):
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


def roll_back(*, dataset: Dataset, by) -> Dataset | None:
    """Take a dataset out of force and put its predecessor back, if it has one; returns that one.

    Raises RollbackImpossible for datasets that hold geometry, look-ups or places: those have no earlier state kept.
    """
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if dataset.state != Dataset.State.CURRENT:
            raise RollbackImpossible(f"{dataset} is not in force.")
        if not dataset.values.exists() or dataset.areas.exists():
            raise RollbackImpossible(f"{dataset} holds no indicator values alone: load the earlier file again instead.")
        dataset.state = Dataset.State.ROLLED_BACK
        dataset.save(update_fields=["state"])
        before = (
            Dataset.objects.filter(
                publication=dataset.publication, extent=dataset.extent, state=Dataset.State.SUPERSEDED
            )
            .order_by("-release", "standing", "-loaded_at")
            .first()
        )
        if before is not None:
            before.state = Dataset.State.CURRENT
            before.save(update_fields=["state"])
        refresh_profile()
        details = {"reinstated": str(before.pk) if before else None}
        audit.record(action="dataset.rolled_back", by=by, target=dataset, details=details)
        transaction.on_commit(lambda: _tell_others(before or dataset))
    return before


@transaction.atomic
def create_patch(
    *,
    organisation,
    name: str,
    by,
    local_authorities: Iterable[str] = (),
    icbs: Iterable[str] = (),
    area_codes: Iterable[str] = (),
) -> Patch:
    """The patch of an organisation from local authorities and ICBs (codes or exact names) and single areas.

    Raises PatchInvalid naming every code that matches no area of 2021.
    """
    slug = slugify(name)[:100]
    if not slug:
        raise PatchInvalid("A patch needs a name with letters or digits in it.")
    if Patch.objects.for_organisation(organisation).filter(slug=slug).exists():
        raise PatchInvalid(f"{organisation} has a patch named {name} already.")
    areas = _areas_of(local_authorities, icbs, area_codes)
    patch = Patch.objects.create(organisation=organisation, name=name, slug=slug)
    patch.areas.add(*areas)
    details = {"areas": len(areas), "local_authorities": sorted(local_authorities), "icbs": sorted(icbs)}
    audit.record(action="patch.created", by=by, organisation=organisation, target=patch, details=details)
    return patch


def _areas_of(local_authorities, icbs, area_codes) -> set[int]:
    areas, unknown = set(), []
    for wanted, fields in (
        (local_authorities, ("local_authority_code", "local_authority_name")),
        (icbs, ("icb_code", "icb_name")),
        (area_codes, ("code",)),
    ):
        for value in wanted:
            matches = set()
            for field in fields:
                matches |= set(
                    Area.objects.current().filter(**{f"{field}__iexact": value}).values_list("pk", flat=True)
                )
            areas |= matches
            if not matches:
                unknown.append(value)
    if unknown:
        raise PatchInvalid(f"No area of {Vintage.CENSUS_2021.label} belongs to: {', '.join(unknown)}.")
    if not areas:
        raise PatchInvalid("A patch needs at least one local authority, ICB or area.")
    return areas
