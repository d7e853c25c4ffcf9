"""Load one file in one transaction: all of it, or nothing and a reason."""

import time
from dataclasses import dataclass, field, replace

from django.db import DataError, IntegrityError, connection, transaction

from accounts import audit
from lsoa.catalogue import CATALOGUE
from lsoa.models import Dataset, Indicator
from lsoa.sources.base import Refused, Release, Source
from lsoa.sources.registry import source_for
from lsoa.sources.rows import (
    AreaChangeRows,
    AreaColumns,
    AreaRows,
    PostcodeRows,
    PracticeRows,
    RecordRows,
    SeriesRows,
    ValueRows,
)

from . import postcodes, records, staging
from .datasets import Scope, already_loaded, create_dataset, same_figures
from .merge import Merge
from .practices import merge_practices
from .reading import Reading
from .recognition import explain_unrecognised
from .values import ValueWriter
from .vintages import KnownAreas, national_boundaries_loaded, patch_codes, resolve_vintage

# One load at a time: two of them would give areas the same index. Any constant will do.
LOAD_LOCK = 4_210_210
WITH_LSOA_CODES = (AreaRows, AreaColumns, ValueRows)


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
    # Whether somebody named this very file, rather than the directory that it is in.
    named: bool = False
    # Where it is below the directory that was given.
    path: str = ""
    # Worked out from datasets that are loaded, rather than read from a file.
    derived: bool = False
    # Seconds by stage: reading, and writing into the database.
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.state != "refused" and not (self.named and self.state == "skipped")


@dataclass
class Staged:
    """What was read: kinds of chunks in the staging tables, and chunks that wait in memory."""

    kinds: set[type] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    fill_only: set[str] = field(default_factory=set)
    details: set[str] = field(default_factory=set)
    values: list[ValueRows] = field(default_factory=list)
    records: list[RecordRows | SeriesRows] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    content: str = ""


class _DryRun(Exception):
    """Ends the transaction of a rehearsal."""


class _NothingNew(Exception):
    """Ends the transaction of a file of which not one row was needed, or whose figures are there already."""


def load_material(
    *, material, by, patch=None, organisation=None, dry_run=False, progress=None, source=None, reading=None
) -> LoadOutcome:
    """Load a material with its adapter. Never raises for a bad file: the outcome says "refused" and why.

    `progress(fraction)` is told how far this file is. With `organisation` the dataset is that organisation's own.
    `reading`: of this material, begun already. The caller refreshes the profile afterwards.
    """
    outcome = LoadOutcome(material.name, "skipped")
    try:
        source = source or source_for(material)
        if source is None:
            outcome.message = explain_unrecognised(material)
            return outcome
        outcome.source = source
        reading = reading or Reading(source, material)
        load = _Load(outcome, reading, Scope(organisation=organisation, patch=patch), by, progress)
        with transaction.atomic():
            load.run()
            if dry_run and outcome.state in ("loaded", "history"):
                raise _DryRun
    except _NothingNew as nothing:
        outcome.state, outcome.message = "unchanged", str(nothing)
    except _DryRun:
        outcome.state, outcome.message = "dry_run", "checked, nothing was written"
        outcome.dataset = None
    except OSError as error:
        outcome.state, outcome.message = "refused", f"expected a readable file, found: {error.strerror or error}"
    except (Refused, DataError, IntegrityError) as refusal:
        # What the adapter let through and a constraint did not is the file's fault just as much.
        outcome.state, outcome.message = "refused", " ".join(str(refusal).split())
        outcome.dataset, outcome.quality = None, {}
    return outcome


class _Load:
    """One material on its way in; `run` in a transaction."""

    def __init__(self, outcome, reading: Reading, scope, by, progress):
        self.started = time.monotonic()
        self.outcome, self.reading, self.scope, self.by, self.progress = outcome, reading, scope, by, progress
        self.source, self.material = reading.source, reading.material
        self.report, self.context = reading.report, reading.context

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        release = self.source.release(self.material)
        known = already_loaded(self.source, self.material, release, self.scope)
        if known is not None:
            self._nothing_new(known, f"already loaded on {known.loaded_at:%-d %B %Y}")
        staging.create_tables()
        staged = self._stage(release)
        self.outcome.seconds["read"] = time.monotonic() - self.started
        self.context.progress(0.7)
        release = replace(release, release=self.context.release)
        extent = self.context.extent if self.scope.patch is None else self.scope.patch_extent()
        known = same_figures(self.source, staged.content, release, extent, self.scope)
        if known is not None:
            staging.drop_tables()
            self._nothing_new(known, f"the same figures as {known.file_name}")
        vintage = self._vintage(release, staged)
        dataset, history = create_dataset(
            source=self.source,
            material=self.material,
            release=release,
            extent=extent,
            content=staged.content,
            vintage=vintage,
            scope=self.scope,
            by=self.by,
        )
        self.report.rows_loaded = self._write(dataset, staged, in_force=not history)
        staging.drop_tables()
        self.outcome.seconds["write"] = time.monotonic() - self.started - self.outcome.seconds["read"]
        self.context.progress(0.95)
        if not history and not self.report.rows_loaded:
            # A dataset without a row must neither take the place of one that has some, nor pass for loaded later on.
            self._refuse_useless()
            self.outcome.quality = self.report.as_json()
            raise _NothingNew("nothing of it is needed")
        self._finish(dataset, release, history)
        self.outcome.changed_boundaries = AreaRows in staged.kinds and not history

    def _nothing_new(self, known: Dataset, why: str):
        self.outcome.dataset = known
        state = known.get_state_display().lower()
        if known.state == Dataset.State.SUPERSEDED:
            state += ": history stays history, unless a person puts it in force"
        raise _NothingNew(f"{why} ({state})")

    def _stage(self, release) -> Staged:
        """Read everything: places into staging tables, figures and records into memory."""
        staged = Staged()
        for chunk in self.reading.chunks(release, self.progress):
            staged.kinds.add(type(chunk))
            if isinstance(chunk, WITH_LSOA_CODES):
                staged.codes.update(chunk.code)
            match chunk:
                case AreaRows():
                    staging.stage_areas(chunk)
                case AreaColumns():
                    staging.stage_area_columns(chunk)
                    staged.columns.update(chunk.columns)
                    staged.fill_only.update(chunk.fill_only)
                case AreaChangeRows():
                    staging.stage_changes(chunk)
                case PracticeRows():
                    staging.stage_practices(chunk)
                    staged.details.update(chunk.details or {})
                case PostcodeRows():
                    postcodes.stage(chunk)
                case ValueRows():
                    staged.values.append(chunk)
                case RecordRows() | SeriesRows():
                    staged.records.append(chunk)
                case _:
                    raise TypeError(f"{self.source.key} yielded a {type(chunk).__name__}")
        self.material.check_unchanged()
        staged.content = self.reading.fingerprint.hexdigest()
        return staged

    def _vintage(self, release: Release, staged: Staged) -> int | None:
        """The vintage of the area codes: that of the headings, or with --convert that of the codes."""
        if release.vintage is None or release.standing == Dataset.Standing.SYNTHETIC or not staged.codes:
            return release.vintage
        convert = self.context.options.get("convert") == "yes"
        return resolve_vintage(staged.codes, release.vintage, convert=convert, report=self.report)

    def _write(self, dataset, staged: Staged, *, in_force: bool) -> int:
        """Write every kind in the order of their needs. Returns rows loaded: those of the largest kind."""
        vintage, patch = dataset.vintage or 2021, self.scope.patch
        codes = None if patch is None else patch_codes(patch, vintage)
        national = national_boundaries_loaded(vintage)
        merge = Merge(dataset=dataset, report=self.report, national=national, patch_codes=codes)
        loaded = [0]
        # Areas and look-ups hold one state of the world: an older release must not overwrite it.
        if in_force:
            if AreaRows in staged.kinds:
                loaded.append(merge.areas())
            if AreaColumns in staged.kinds:
                loaded.append(merge.area_columns(sorted(staged.columns), staged.fill_only))
            if AreaChangeRows in staged.kinds:
                loaded.append(merge.changes())
            if PostcodeRows in staged.kinds:
                loaded.append(postcodes.merge(dataset, self.report, codes))
        # Practices know of every field how old it is: an older release may still add what no newer one has.
        if PracticeRows in staged.kinds:
            merge.reject_duplicate_practices()
            loaded.append(merge_practices(dataset, self.report, staged.details))
        if staged.values:
            loaded.append(self._write_values(dataset, staged.values, vintage, national, codes))
        written: dict[str, int] = {}
        for chunk in staged.records:
            kind = chunk.model if isinstance(chunk, RecordRows) else "series"
            write = records.write_records if isinstance(chunk, RecordRows) else records.write_series
            written[kind] = written.get(kind, 0) + write(chunk, dataset, self.report)
        merge.collect_rejects()
        records.store_rejects(dataset, self.report.rejects)
        return max([*loaded, *written.values()])

    def _write_values(self, dataset, chunks, vintage, national, codes) -> int:
        areas = KnownAreas(vintage)
        writer = ValueWriter(dataset=dataset, report=self.report, areas=areas, national=national, patch_codes=codes)
        for chunk in chunks:
            writer.add(chunk, self._indicator(chunk.indicator))
        loaded = writer.finish()
        writer.count_areas_without(patch=self.scope.patch)
        return loaded

    def _indicator(self, code) -> Indicator:
        """The indicator's row, brought up to its definition. An organisation's own are no other's."""
        definition = self.context.definitions.get(code) or self.source.definitions.get(code) or CATALOGUE[code]
        fields = {name: value for name, value in vars(definition).items() if name != "code"}
        owner = self.scope.organisation
        held = Indicator.objects.filter(code=code).first()
        if held is not None and held.organisation_id != (owner.pk if owner else None):
            raise Refused(expected="an indicator code that is free", found=f"{code}, which belongs to somebody else")
        return Indicator.objects.update_or_create(code=code, defaults=fields | {"organisation": owner})[0]

    def _refuse_useless(self):
        """A file of which nothing could be read is bad; one about other areas is merely not needed (yet)."""
        rejects = self.report.rejects
        if rejects and len(rejects) >= sum(self.report.skipped.values()):
            line, _, reason = rejects[0]
            found = f"none: {len(rejects):,} rejected, the first in line {line}: {reason}"
            raise Refused(expected="rows that can be loaded", found=found)

    def _finish(self, dataset, release: Release, history: str) -> None:
        report = self.report
        report.seconds = time.monotonic() - self.started
        dataset.rows_read, dataset.rows_loaded = report.rows_read, report.rows_loaded
        dataset.rows_rejected = len(report.rejects)
        dataset.quality = report.as_json() | {"derived_from": list(release.derived_from)}
        dataset.save(update_fields=["rows_read", "rows_loaded", "rows_rejected", "quality"])
        self.outcome.dataset, self.outcome.quality = dataset, dataset.quality
        self.outcome.state, self.outcome.message = ("history", history) if history else ("loaded", "")
        audit.record(
            action="dataset.loaded",
            by=self.by,
            target=dataset,
            organisation=self.scope.organisation,
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
