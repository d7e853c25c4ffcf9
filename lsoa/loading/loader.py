"""Load one file in one transaction: all of it, or nothing and a reason."""

import time
from dataclasses import dataclass, field

from django.db import DataError, IntegrityError, connection, transaction

from accounts import audit
from lsoa.catalogue import CATALOGUE
from lsoa.models import Area, Dataset, Indicator
from lsoa.sources.base import Refused, Release, Source
from lsoa.sources.registry import source_for
from lsoa.sources.rows import AreaColumns, AreaRows, PostcodeRows, PracticeRows, ValueRows

from . import staging
from .context import LoadContext
from .merge import OTHER_AREAS, Merge
from .report import QualityReport

# One load at a time: two of them would give areas the same index. Any constant will do.
LOAD_LOCK = 4_210_210


@dataclass
class LoadOutcome:
    """What became of one path. `state`: loaded, history (an older release), unchanged, skipped, refused, dry_run."""

    name: str
    state: str
    message: str = ""
    dataset: Dataset | None = None
    quality: dict = field(default_factory=dict)
    changed_boundaries: bool = False
    source: Source | None = None

    @property
    def ok(self) -> bool:
        return self.state != "refused"


class _DryRun(Exception):
    """Ends the transaction of a rehearsal."""


class _NothingNew(Exception):
    """Ends the transaction of a file of which not one row was needed."""


def load_material(*, material, by, patch=None, dry_run=False, progress=None, source=None) -> LoadOutcome:
    """Load a material with its adapter. Never raises for a bad file: the outcome says "refused" and why.

    `progress(fraction, message)` is told how far this file is. The caller refreshes the profile afterwards.
    """
    started = time.monotonic()
    report = QualityReport()
    outcome = LoadOutcome(material.name, "skipped")
    try:
        source = source or source_for(material)
        if source is None:
            material.check_packing()
            outcome.message = "no adapter recognises it (yet)"
            return outcome
        outcome.source = source
        with transaction.atomic():
            _load(outcome, source, material, report, by, patch, progress, started)
            if dry_run and outcome.state in ("loaded", "history"):
                raise _DryRun
    except _NothingNew:
        outcome.state, outcome.message = "unchanged", "nothing of it is needed"
        outcome.dataset, outcome.quality = None, report.as_json()
    except _DryRun:
        outcome.state, outcome.message = "dry_run", "checked, nothing was written"
        outcome.dataset = None
    except (Refused, DataError, IntegrityError) as refusal:
        # What the adapter let through and a constraint did not is the file's fault just as much.
        outcome.state, outcome.message = "refused", " ".join(str(refusal).split())
        outcome.dataset, outcome.quality = None, {}
    return outcome


def _load(outcome, source, material, report, by, patch, progress, started):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
    release = source.release(material)
    known = _already_loaded(source, material, release, patch)
    if known is not None:
        outcome.state, outcome.dataset = "unchanged", known
        outcome.message = f"already loaded on {known.loaded_at:%-d %B %Y} ({known.get_state_display().lower()})"
        return
    context = LoadContext(report=report, extent=release.extent, progress=progress)
    if patch is not None:
        context.patch_codes = set(patch.areas.values_list("code", flat=True))
    staging.create_tables()
    chunks = _stage(source, material, context)
    context.progress(0.7)
    extent = context.extent if patch is None else _patch_extent(patch)
    dataset = _create_dataset(source, material, release, extent, by)
    in_force = dataset.state == Dataset.State.CURRENT
    report.rows_loaded = _merge(dataset, report, chunks, patch, in_force)
    staging.drop_tables()
    context.progress(0.95)
    if in_force and not report.rows_loaded:
        # A dataset without a row must neither take the place of one that has some, nor pass for loaded later on.
        _refuse_useless(report)
        raise _NothingNew
    report.seconds = time.monotonic() - started
    _finish(dataset, report, release)
    outcome.dataset, outcome.quality = dataset, dataset.quality
    outcome.changed_boundaries = AreaRows in chunks and report.rows_loaded > 0
    outcome.state = "loaded" if in_force else "history"
    if not in_force:
        outcome.message = "an older release: kept as history, the newer one stays in force"
    audit.record(
        action="dataset.loaded",
        by=by,
        target=dataset,
        details={
            "publication": dataset.publication,
            "release": dataset.release,
            "extent": dataset.extent,
            "file_sha256": dataset.file_sha256,
            "rows_loaded": dataset.rows_loaded,
            "rows_rejected": dataset.rows_rejected,
            "state": dataset.state,
        },
    )


def _refuse_useless(report):
    """A file of which nothing could be read is bad; one about other areas is merely not needed (yet)."""
    if report.rejects and len(report.rejects) >= sum(report.skipped.values()):
        line, _, reason = report.rejects[0]
        found = f"none: {len(report.rejects):,} rejected, the first in line {line}: {reason}"
        raise Refused(expected="rows that can be loaded", found=found)


def _patch_extent(patch) -> str:
    return f"Patch {patch.slug} of {patch.organisation.name}"[:100]


def _already_loaded(source, material, release: Release, patch) -> Dataset | None:
    """The dataset that this very file made, unless what it was derived from has changed since, or boundaries have come
    that some of its rows were waiting for."""
    same = Dataset.objects.filter(publication=source.key, file_sha256=material.sha256).exclude(
        state=Dataset.State.ROLLED_BACK
    )
    whole = same.exclude(extent__startswith="Patch ")
    same = whole if patch is None else same.filter(extent=_patch_extent(patch))
    dataset = same.order_by("state", "-loaded_at").first()
    if dataset is None or list(release.derived_from) != dataset.quality.get("derived_from", []):
        return None
    if OTHER_AREAS in dataset.quality.get("skipped", {}) and _boundaries_came_after(dataset):
        return None
    return dataset


def _boundaries_came_after(dataset) -> bool:
    return Area.objects.filter(dataset__loaded_at__gt=dataset.loaded_at).exists()


def _stage(source, material, context) -> dict[type, list]:
    """Read everything into staging tables. Returns what kinds of chunks came, with what merging must know of them."""
    seen: dict[type, list] = {}
    for chunk in source.rows(material, context):
        details = seen.setdefault(type(chunk), [])
        match chunk:
            case AreaRows():
                staging.stage_areas(chunk)
            case AreaColumns():
                staging.stage_area_columns(chunk)
                details.extend(chunk.columns)
            case PracticeRows():
                staging.stage_practices(chunk)
            case PostcodeRows():
                staging.stage_postcodes(chunk)
            case ValueRows():
                details.append(chunk.indicator)
                staging.stage_values(chunk, len(details), _indicator(source, chunk.indicator))
            case _:
                raise TypeError(f"{source.key} yielded a {type(chunk).__name__}")
    return seen


def _indicator(source, code) -> Indicator:
    """The indicator's row, brought up to its definition."""
    definition = source.definitions.get(code) or CATALOGUE[code]
    fields = {name: value for name, value in vars(definition).items() if name != "code"}
    return Indicator.objects.update_or_create(code=code, defaults=fields)[0]


def _create_dataset(source, material, release: Release, extent, by) -> Dataset:
    """The dataset's row; it takes the place of the one in force unless that one is newer or of better standing."""
    current = Dataset.objects.in_force().filter(publication=source.key, extent=extent).first()
    outranked = current is not None and (current.release, -current.standing) > (release.release, -release.standing)
    if current is not None and not outranked:
        current.state = Dataset.State.SUPERSEDED
        current.save(update_fields=["state"])
    return Dataset.objects.create(
        publication=source.key,
        title=release.title,
        publisher=release.publisher,
        release=release.release,
        extent=extent,
        licence=release.licence,
        vintage=release.vintage,
        standing=release.standing,
        is_provisional=release.is_provisional,
        method=release.method,
        file_name=material.name[:200],
        file_sha256=material.sha256,
        state=Dataset.State.SUPERSEDED if outranked else Dataset.State.CURRENT,
        loaded_by=by if hasattr(by, "email") else None,
    )


def _merge(dataset, report, chunks, patch, in_force) -> int:
    """Merge every kind in the order of their needs. Returns rows loaded: those of the largest kind."""
    merge = Merge(dataset=dataset, report=report, patch=patch)
    loaded = [0]
    # Areas, look-ups and practices hold one state of the world: an older release must not overwrite it.
    if in_force:
        if AreaRows in chunks:
            loaded.append(merge.areas())
        if AreaColumns in chunks:
            loaded.append(merge.area_columns(sorted(set(chunks[AreaColumns]))))
        if PracticeRows in chunks:
            loaded.append(merge.practices())
        if PostcodeRows in chunks:
            loaded.append(merge.postcodes())
    if ValueRows in chunks:
        loaded.append(merge.values())
    merge.store_rejects()
    return max(loaded)


def _finish(dataset, report, release: Release) -> None:
    dataset.rows_read, dataset.rows_loaded = report.rows_read, report.rows_loaded
    dataset.rows_rejected = len(report.rejects)
    dataset.quality = report.as_json() | {"derived_from": list(release.derived_from)}
    dataset.save(update_fields=["rows_read", "rows_loaded", "rows_rejected", "quality"])
