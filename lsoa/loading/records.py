"""Rows of any table that belongs to a dataset, and figures over time: checked for duplicates, written by COPY."""

import re

import numpy as np
import pandas as pd
from django.apps import apps
from django.db import IntegrityError, connection
from django.db.models import NOT_PROVIDED, AutoField, CheckConstraint, Model

from lsoa.models import ActivitySeries, MissingReason
from lsoa.sources.base import Refused
from lsoa.sources.rows import RecordRows, SeriesRows

from .copying import as_text, copy_columns, write_copy

COPY_LINE = re.compile(r"COPY \w+, line (\d+)")

UPSERT_SERIES = """
INSERT INTO lsoa_activityseries
    (id, measure, name, unit, organisation_kind, organisation_code, organisation_name, breakdown, interval)
SELECT gen_random_uuid(), %(measure)s, %(name)s, %(unit)s, %(kind)s, s.code, s.name, s.breakdown, %(interval)s
FROM unnest(%(codes)s::text[], %(names)s::text[], %(breakdowns)s::text[]) AS s (code, name, breakdown)
ON CONFLICT (measure, organisation_kind, organisation_code, breakdown, interval) DO UPDATE SET
    name = excluded.name, unit = excluded.unit,
    organisation_name = coalesce(nullif(excluded.organisation_name, ''), lsoa_activityseries.organisation_name)
"""


def write_records(chunk: RecordRows, dataset, report) -> int:
    """Write the rows of one model; returns how many. Raises Refused for rows that break a rule of the table."""
    model = apps.get_model("lsoa", chunk.model)
    keep = first_of_key({name: chunk.columns[name] for name in chunk.key}, chunk.line, report)
    lines = np.asarray(chunk.line)[keep]
    columns = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, AutoField):
            continue
        if field.name == "dataset":
            columns["dataset_id"] = [dataset.pk] * len(keep)
        elif field.name in chunk.columns:
            columns[field.column] = _chosen(chunk.columns[field.name], keep)
        elif field.name == "line":
            columns["line"] = lines
        elif field.db_default is NOT_PROVIDED:
            columns[field.column] = [field.get_default() for _ in keep]
    unknown = set(chunk.columns) - {field.name for field in model._meta.concrete_fields}
    if unknown:
        raise ValueError(f"{chunk.model} has no field {sorted(unknown)}")
    copy_or_refuse(model, columns, lines)
    return len(keep)


def copy_or_refuse(model: type[Model], columns: dict, lines) -> None:
    """COPY into a model's table; a broken rule becomes a refusal that names rule and line."""
    try:
        copy_columns(model._meta.db_table, columns)
    except IntegrityError as error:
        raise _refusal(model, error, lines) from error


def _refusal(model, error, lines) -> Refused:
    found = error.__cause__.diag
    place = COPY_LINE.search(found.context or "")
    line = f" in line {lines[int(place.group(1)) - 1]}" if place else ""
    name = found.constraint_name or ""
    rule = next((c for c in model._meta.constraints if isinstance(c, CheckConstraint) and c.name == name), None)
    what = (rule.name if rule else name or found.message_primary).replace("_", " ")
    return Refused(
        expected=f"{model._meta.verbose_name_plural} that keep to the rule {what!r}",
        found=f"a row{line} that does not: {(found.message_detail or '').removeprefix('Failing row contains ')[:150]}",
    )


def first_of_key(key_columns: dict, lines, report) -> np.ndarray:
    """Positions of the rows that are first of their key; the others are rejected with the line that they repeat."""
    frame = pd.DataFrame({name: np.asarray(column, dtype=object) for name, column in key_columns.items()})
    lines = np.asarray(lines)
    repeated = frame.duplicated().to_numpy()
    if repeated.any():
        numbered = frame.assign(_line=lines)
        first = numbered.groupby(list(key_columns), sort=False, dropna=False)["_line"].transform("first").to_numpy()
        for place in np.flatnonzero(repeated):
            code = " ".join(str(value) for value in frame.iloc[place])
            report.reject(lines[place], code, f"duplicate of line {first[place]}")
    return np.flatnonzero(~repeated)


def _chosen(column, keep):
    if isinstance(column, np.ndarray):
        return column[keep]
    return list(column) if len(keep) == len(column) else [column[place] for place in keep]


def write_series(chunk: SeriesRows, dataset, report) -> int:
    """Write figures over time, making the series that are new; returns how many figures."""
    code = np.asarray(chunk.organisation_code, dtype=object)
    name = np.asarray(chunk.organisation_name, dtype=object)
    breakdown = np.full(len(chunk), "", dtype=object)
    if chunk.breakdown is not None:
        breakdown = np.asarray(chunk.breakdown, dtype=object)
    keys = {"code": code, "breakdown": breakdown, "period": np.asarray(chunk.period, dtype=object)}
    keep = first_of_key(keys, chunk.line, report)
    ids = _series_ids(chunk, code[keep], name[keep], breakdown[keep])
    value = np.asarray(chunk.value, dtype=float)[keep]
    missing = np.isnan(value)
    reason = np.full(len(keep), None, dtype=object)
    if chunk.reason is not None:
        reason[missing] = np.asarray(chunk.reason, dtype=object)[keep][missing]
    unexplained = missing & ((reason == "") | pd.isna(reason))
    reason[unexplained] = MissingReason.BLANK.value
    estimate = np.zeros(len(keep), dtype=bool) if chunk.is_estimate is None else np.asarray(chunk.is_estimate)[keep]
    note = np.full(len(keep), "", dtype=object) if chunk.note is None else np.asarray(chunk.note, dtype=object)[keep]
    columns = {
        "series_id": ids,
        "dataset_id": [dataset.pk] * len(keep),
        "period": keys["period"][keep],
        "value": value,
        "missing_reason": reason,
        "is_estimate": estimate,
        "note": note,
        "line": np.asarray(chunk.line)[keep],
    }
    copy_or_refuse(apps.get_model("lsoa", "ActivityValue"), columns, columns["line"])
    return len(keep)


def _series_ids(chunk, code, name, breakdown) -> list:
    """The id of the series of every row."""
    # The name in the last row is the newest one.
    series = {(one, kind): label for one, kind, label in zip(code, breakdown, name, strict=True)}
    params = {
        "measure": chunk.measure, "name": chunk.name, "unit": chunk.unit, "kind": chunk.organisation_kind,
        "interval": chunk.interval, "codes": [one for one, _ in series], "names": list(series.values()),
        "breakdowns": [kind for _, kind in series],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_SERIES, params)
    known = ActivitySeries.objects.filter(
        measure=chunk.measure, organisation_kind=chunk.organisation_kind, interval=chunk.interval
    )
    by_key = {(one, kind): pk for pk, one, kind in known.values_list("pk", "organisation_code", "breakdown")}
    return [by_key[one, kind] for one, kind in zip(code, breakdown, strict=True)]


def store_rejects(dataset, rejects: list[tuple[int, str, str]]) -> None:
    """All rejected rows of a load into their table."""
    block = (
        "".join(
            f"{dataset.pk}\t{line}\t{code}\t{reason}\n"
            for line, code, reason in zip(
                *(as_text(list(column)) for column in zip(*rejects, strict=True)), strict=True
            )
        )
        if rejects
        else ""
    )
    write_copy("COPY lsoa_loadreject (dataset_id, line, code, reason) FROM STDIN", [block])
