"""Indicators of an organisation's own: saved from a file, replaced, taken back, deleted. Nobody else ever sees them."""

import secrets
import statistics
from collections import Counter

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import audit
from accounts.access import allowed
from accounts.permissions import Permission
from lsoa.loading.report import QualityReport
from lsoa.models import Area, Dataset, Indicator, IndicatorValue, Upload, Vintage
from lsoa.sources.base import Refused
from lsoa.sources.own_indicators import OwnFigures, read_own_figures

from .uploads import UploadRefused, remove_files, stored_files

THEME = "Own indicators"


def read_upload(upload: Upload) -> OwnFigures:
    """What the handed-in file holds. Raises Refused and UploadRefused; for codes of 2011 where nobody asked for them
    to be carried over too."""
    figures = read_own_figures(stored_files(upload)[0].read_bytes())
    if figures.vintage == Vintage.CENSUS_2011 and not upload.options.get("carry"):
        raise Refused(
            expected="area codes of 2021 (or tick the box to carry over codes of 2011)",
            found="area codes of 2011",
        )
    return figures


@transaction.atomic
def save_own_indicator(*, upload: Upload, by) -> Indicator:
    """Save what an upload holds as an indicator of its organisation, or as the new figures of one that it has.

    `upload.options`: name, unit, kind, polarity, decimals, description, period, carry; `replaces` (code of the
    indicator). Raises PermissionDenied, Refused, UploadRefused.
    """
    organisation = upload.organisation
    _may(by, organisation)
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.state != Upload.State.RECEIVED:
        raise UploadRefused(f"This file is {upload.get_state_display().lower()} already.")
    figures = read_upload(upload)
    replaced = upload.options.get("replaces")
    if replaced:
        indicator = Indicator.objects.select_for_update().get(code=replaced, organisation=organisation)
    else:
        indicator = _create_indicator(upload.options, organisation)
    dataset = _create_dataset(indicator, upload, figures, by)
    _write_values(dataset, indicator, figures, upload.options)
    if figures.vintage == Vintage.CENSUS_2011:
        _carry_over(dataset, by)
    transaction.on_commit(lambda: remove_files(upload=upload, state=Upload.State.USED))
    details = {"code": indicator.code, "areas": len(figures.rows), "rejected": len(figures.rejects)}
    action = "indicator.replaced" if replaced else "indicator.uploaded"
    audit.record(action=action, by=by, organisation=organisation, target=indicator, details=details)
    return indicator


def _may(by, organisation) -> None:
    if organisation is None or not allowed(by, Permission.MANAGE_INDICATORS, organisation):
        raise PermissionDenied("This needs the right to keep the organisation's own indicators.")


def _create_indicator(options, organisation) -> Indicator:
    # Twelve random digits: a code that can be guessed would tell others that there is something.
    code = f"own-{slugify(options['name'])[:40]}-{secrets.token_hex(6)}".replace("--", "-")
    return Indicator.objects.create(
        code=code,
        name=options["name"],
        unit=options["unit"],
        kind=options["kind"],
        polarity=options["polarity"],
        decimals=options["decimals"],
        description=options.get("description", ""),
        source=organisation.name[:200],
        theme=THEME,
        organisation=organisation,
    )


def _create_dataset(indicator, upload, figures, by) -> Dataset:
    publication = indicator.code
    current = Dataset.objects.filter(publication=publication, organisation=upload.organisation)
    current.in_force().update(state=Dataset.State.SUPERSEDED)
    material_hash = _sha256(upload)
    return Dataset.objects.create(
        publication=publication,
        title=indicator.name,
        publisher=upload.organisation.name[:100],
        release=upload.options.get("period") or f"{timezone.localdate():%Y-%m-%d}",
        extent="England",
        licence="For this organisation only",
        vintage=figures.vintage,
        standing=Dataset.Standing.OFFICIAL,
        organisation=upload.organisation,
        file_name=upload.names[0],
        file_sha256=material_hash,
        loaded_by=by if hasattr(by, "email") else None,
        rows_read=figures.rows_read,
        rows_loaded=len(figures.rows),
        rows_rejected=len(figures.rejects),
        quality=_report(indicator, figures),
    )


def _sha256(upload) -> str:
    from lsoa.sources.material import FileMaterial

    return FileMaterial(stored_files(upload)[0]).sha256


def _report(indicator, figures) -> dict:
    report = QualityReport(rows_read=figures.rows_read, rows_loaded=len(figures.rows))
    report.rejects, report.notes = list(figures.rejects), list(figures.notes)
    values = figures.values
    numbers = {"values": len(values), "missing": dict(Counter(row[3] for row in figures.rows if row[3]))}
    if values:
        numbers |= {"minimum": min(values), "mean": statistics.fmean(values), "maximum": max(values)}
    # An organisation counts its own patch: that other areas have no row is no fault.
    numbers["areas_without"] = 0
    report.indicators[indicator.code] = numbers
    return report.as_json()


def _write_values(dataset, indicator, figures, options) -> None:
    codes = [row[1] for row in figures.rows]
    areas = dict(Area.objects.filter(vintage=figures.vintage, code__in=codes).order_by().values_list("code", "pk"))
    period = options.get("period", "")
    IndicatorValue.objects.bulk_create(
        [
            IndicatorValue(
                area_id=areas[code],
                indicator=indicator,
                dataset=dataset,
                period=(own_period or period or dataset.release)[:20],
                value=value,
                missing_reason=reason,
                method="uploaded",
                line=line,
            )
            for line, code, value, reason, own_period in figures.rows
        ],
        batch_size=2_000,
    )
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY lsoa_loadreject (dataset_id, line, code, reason) FROM STDIN") as copy,
    ):
        for line, code, reason in figures.rejects:
            copy.write_row((dataset.pk, line, code, reason))


def _carry_over(dataset, by) -> None:
    from lsoa.loading.carry_over import carry_over_pending

    carry_over_pending(by=by, progress=lambda *told: None)


@transaction.atomic
def take_back_own_indicator(*, indicator: Indicator, by) -> Dataset | None:
    """Take the figures in force back; the ones before come back, if there are any. Returns those.

    UploadRefused when no figures are in force.
    """
    _may(by, indicator.organisation)
    datasets = Dataset.objects.select_for_update().filter(
        publication=indicator.code, organisation=indicator.organisation
    )
    current = datasets.in_force().first()
    if current is None:
        raise UploadRefused("There are no figures in force to take back.")
    current.state = Dataset.State.ROLLED_BACK
    current.save(update_fields=["state"])
    before = datasets.filter(state=Dataset.State.SUPERSEDED).order_by("-loaded_at").first()
    if before is not None:
        before.state = Dataset.State.CURRENT
        before.save(update_fields=["state"])
    details = {"code": indicator.code, "reinstated": str(before.pk) if before else None}
    audit.record(
        action="indicator.taken_back", by=by, organisation=indicator.organisation, target=indicator, details=details
    )
    return before


@transaction.atomic
def delete_own_indicator(*, indicator: Indicator, by) -> None:
    """Delete an indicator with all its figures for good."""
    _may(by, indicator.organisation)
    organisation = indicator.organisation
    datasets = Dataset.objects.filter(publication=indicator.code, organisation=organisation)
    details = {"code": indicator.code, "datasets": datasets.count()}
    audited = Indicator(pk=indicator.pk)
    IndicatorValue.objects.filter(dataset__in=datasets).delete()
    datasets.delete()
    indicator.delete()
    audit.record(action="indicator.deleted", by=by, organisation=organisation, target=audited, details=details)
