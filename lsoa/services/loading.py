"""Loading publications."""

import resource
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection, transaction

from accounts import audit, jobs
from accounts.access import allowed
from accounts.permissions import Permission
from lsoa import derivations
from lsoa.loading import hooks
from lsoa.loading.area_names import complete_areas
from lsoa.loading.beside import Beside
from lsoa.loading.carry_over import carry_over_pending
from lsoa.loading.discovery import Found, discover
from lsoa.loading.loader import LoadOutcome, load_material
from lsoa.loading.memory import give_back
from lsoa.loading.profile import read_in_force
from lsoa.loading.profile_storage import store
from lsoa.loading.reading import Reader
from lsoa.models import AreaProfile, Dataset, Patch, ProfileState, Vintage
from lsoa.signals import dataset_loaded
from lsoa.sources.base import Stage

from .places import refresh_after_load

log = structlog.get_logger(__name__)

# One refresh of the profile at a time. Any constant will do.
PROFILE_LOCK = 4_210_211
# progress(fraction of everything, message)
Progress = Callable[[float, str], None]
# Where the bar stands: files, then what follows from boundaries, then figures derived from others, then the profile.
FILES_END, DERIVED_START, PROFILE_START = 0.75, 0.8, 0.95


class DatabaseGone(RuntimeError):
    """The database went away while a file was being loaded: nothing of that file is kept."""


def load_file(*, path, by, patch: Patch | None = None, dry_run=False, progress: Progress | None = None) -> LoadOutcome:
    """Load one file (see `load_paths`) and return what became of it."""
    return load_paths(paths=[path], by=by, patch=patch, dry_run=dry_run, progress=progress)[0]


def load_paths(
    *,
    paths: Iterable[str | Path],
    by,
    patch: Patch | None = None,
    organisation=None,
    options: dict[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    on_outcome: Callable[[LoadOutcome], None] | None = None,
) -> list[LoadOutcome]:
    """Load every file below the paths that an adapter recognises, each in a transaction of its own.

    A bad file is refused whole and the others go on. At the end, once: what follows from new boundaries, figures
    derived from others, statistics, the areas' profile; then `dataset_loaded` is sent for every new dataset.
    With `organisation` the datasets are its own. `options`: crs, period, encoding, convert. Raises PathMissing, and
    DatabaseGone when the connection breaks.
    """
    run = _Run(by, patch, organisation, dry_run, progress, on_outcome)
    found = discover(paths, options)
    try:
        run.load(found)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise DatabaseGone(f"The database went away: {' '.join(str(error).split())}") from error
    except BaseException:
        # Also when the work was cancelled half way: what has been loaded must show.
        run.follow_up(derive=False)
        raise
    run.follow_up(derive=True)
    run.tell(1.0, "done")
    return run.outcomes


@contextmanager
def _logged(step: str):
    """What takes long after the files must show in the log, and how much memory was used at most until then."""
    give_back()
    started = time.monotonic()
    yield
    # On Linux in KiB.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    log.info("load_step", step=step, seconds=round(time.monotonic() - started, 1), peak_mib=peak)


class _Run:
    """One call of `load_paths`."""

    def __init__(self, by, patch, organisation, dry_run, progress, on_outcome):
        self.by, self.patch, self.organisation, self.dry_run = by, patch, organisation, dry_run
        self._tell: Progress = progress or (lambda fraction, message: None)
        self._thread = threading.get_ident()
        self.on_outcome = on_outcome or (lambda outcome: None)
        self.outcomes: list[LoadOutcome] = []
        self.finishers: list[Callable[[], None]] = []
        self.boundaries_pending = False
        self.reader = Reader()

    def tell(self, fraction: float, message: str) -> None:
        """Progress of the caller's own work. What goes on beside it has another connection, and tells nothing."""
        if threading.get_ident() == self._thread:
            self._tell(fraction, message)

    def load(self, found: list[Found]) -> None:
        try:
            self._load(found)
        finally:
            self.reader.close()

    def _load(self, found: list[Found]) -> None:
        for place, item in enumerate(found):
            for following in found[place + 1 : place + 2]:
                if not following.problem:
                    self.reader.begin(following.material, following.source)
            if self.boundaries_pending and (item.source is None or item.source.stage > Stage.BOUNDARIES):
                self._after_boundaries(FILES_END * place / len(found))
            start, share = FILES_END * place / len(found), FILES_END / len(found)
            self._outcome(self._load_one(item, start, share), named=item.named, path=item.path)
        if self.boundaries_pending:
            self._after_boundaries(FILES_END)

    def _load_one(self, item: Found, start, share) -> LoadOutcome:
        if item.problem:
            state = "skipped" if "link" in item.problem else "refused"
            return LoadOutcome(item.material.name, state, item.problem)
        return self._load_material(item.material, item.source, start, share)

    def _load_material(self, material, source, start, share) -> LoadOutcome:
        return load_material(
            material=material,
            source=source,
            by=self.by,
            patch=self.patch,
            organisation=self.organisation,
            dry_run=self.dry_run,
            reading=self.reader.take(material),
            progress=lambda fraction: self.tell(start + share * fraction, material.name),
        )

    def _outcome(self, outcome: LoadOutcome, *, named=False, path="") -> None:
        outcome.named, outcome.path = named, path or outcome.name
        self.boundaries_pending |= outcome.changed_boundaries and not self.dry_run
        self.outcomes.append(outcome)
        self.on_outcome(outcome)

    def _after_boundaries(self, fraction) -> None:
        # The planner must know how many areas there are now, before half a million values look them up.
        _run_function("analyse_open_data")
        self.finishers += hooks.after_boundaries(
            by=self.by, progress=lambda done, message="": self.tell(fraction, message)
        )
        self.boundaries_pending = False

    def follow_up(self, *, derive: bool) -> None:
        """What follows once from all files together. Nothing after a rehearsal."""
        if self.dry_run:
            return
        # Loaded before, by a load that was killed after its last commit: nobody has been told of them either.
        cut_off = [each.dataset for each in self.outcomes if each.state == "unchanged" and _profile_lags(each.dataset)]
        if self._new() or cut_off:
            self.tell(FILES_END, "what follows from new boundaries")
            # Set-wise work over millions of new rows: without statistics the planner would go through them one by one.
            with _logged("statistics"):
                _run_function("analyse_open_data")
            with Beside() as beside:
                if self.organisation is None:
                    beside.do(self._name_places)
                beside.do(self._finish_map)
                if derive and self.organisation is None:
                    with _logged("carried figures"):
                        carry_over_pending(by=self.by, progress=lambda done, text: self.tell(FILES_END, text))
                    # Practices stand where their postcodes are.
                    beside.wait(remaining=1)
                    with _logged("derived figures"):
                        self._derive()
                beside.wait()
            self.tell(PROFILE_START, "profile of the areas")
            with _logged("profile"):
                refresh_profile()
        for dataset in [*cut_off, *self._new()]:
            tell_others(dataset)

    @_logged("names and places")
    def _name_places(self) -> None:
        complete_areas()
        refresh_after_load(self.outcomes)

    @_logged("map")
    def _finish_map(self) -> None:
        for finish in self.finishers:
            finish()

    def _new(self) -> list[Dataset]:
        return [outcome.dataset for outcome in self.outcomes if outcome.state in ("loaded", "history")]

    def _derive(self) -> None:
        """Figures whose inputs or method have changed since they were derived."""
        self.patch = None
        for outcome in run_derivations(
            by=self.by,
            progress=lambda done, name: self.tell(DERIVED_START + done * (PROFILE_START - DERIVED_START), name),
        ):
            outcome.derived = True
            self._outcome(outcome)


def run_derivations(*, by, progress: Progress | None = None) -> list[LoadOutcome]:
    """Derive what has changed inputs or methods; returns what became of each. The caller refreshes the profile."""
    tell = progress or (lambda fraction, message: None)
    outcomes = []
    pending = [
        (derivation, material)
        for derivation in derivations.DERIVATIONS
        for material in derivation.materials()
        if not _made_before(derivation, material)
    ]
    # One after the other: two years in memory at once would be half as much again.
    for place, (derivation, material) in enumerate(pending):
        outcomes.append(
            load_material(
                material=material,
                source=derivation,
                by=by,
                progress=lambda fraction, at=place, name=material.name: tell((at + fraction) / len(pending), name),
            )
        )
    return outcomes


def _made_before(derivation, material) -> bool:
    made = Dataset.objects.filter(publication=derivation.key, file_sha256=material.sha256)
    return made.exclude(state=Dataset.State.ROLLED_BACK).exists()


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


def tell_others(dataset):
    """Send `dataset_loaded`. The data are in by now: a listener that fails is logged and takes nothing back."""
    for receiver, answer in dataset_loaded.send_robust(sender=Dataset, dataset=dataset):
        if isinstance(answer, Exception):
            log.error(
                "dataset_loaded_listener_failed", listener=str(receiver), dataset=str(dataset.pk), exc_info=answer
            )


def _profile_lags(dataset: Dataset | None) -> bool:
    """Whether the profile was read before this dataset came into force, or without its figures."""
    if dataset is None or dataset.state != Dataset.State.CURRENT or dataset.organisation_id is not None:
        return False
    refreshed_at = ProfileState.objects.values_list("refreshed_at", flat=True).first()
    if refreshed_at is None or refreshed_at < dataset.loaded_at:
        return True
    value = dataset.values.filter(area__vintage=Vintage.CENSUS_2021).select_related("indicator").first()
    profile = value and AreaProfile.objects.filter(area=value.area_id).first()
    return value is not None and (profile is None or value.indicator.code not in profile.datasets)


@transaction.atomic
def refresh_profile() -> None:
    """Bring profiles, columns and distributions up to the values in force. Pages read the old ones until it is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROFILE_LOCK])
    store(read_in_force())
    _run_function("analyse_profiles")


def _run_function(name: str) -> None:
    """Run one of the owner's functions (migration 0002)."""
    with connection.cursor() as cursor:
        cursor.callproc(name)
