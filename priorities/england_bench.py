"""Whole recalculation of England from the database: reading indicators, evaluating, storing every score and reason.

The runs happen in a transaction that is taken back, so nothing comes into force; with `--keep` they are real and their
commit is measured too. Stored classes and rules of a sample must be those of the plain evaluation, or the bench fails.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from django.core.management.base import CommandError

SECONDS, LEAST_AREAS = 3.0, 30_000
REPEATS, SAMPLE = 3, 200


def run(write: Callable[[str], None], *, keep: bool = False) -> bool | None:
    """Write what was measured; return whether the goal was met, None where there is nothing to measure."""
    from django.db import OperationalError, connection, transaction

    from priorities import services

    try:
        areas = _real_areas()
        version = services.published_version() if areas >= LEAST_AREAS else None
    except (OperationalError, services.NothingToScore) as lack:
        write(f"England: not measured. {str(lack).splitlines()[0]}")
        return None
    if version is None:
        write(f"England: not measured. {connection.settings_dict['NAME']} holds {areas:,} areas of England.")
        return None
    if keep:
        times = _measure(write, version)
    else:
        with transaction.atomic():
            times = _measure(write, version)
            transaction.set_rollback(True)
    write(
        f"England: {areas:,} areas read, evaluated and stored with their reasons in {median(times):.2f} s (median of "
        f"{len(times)}, best {min(times):.2f}; goal {SECONDS:g})"
    )
    return median(times) < SECONDS


def _real_areas() -> int:
    from lsoa.models import Area, Vintage

    return Area.objects.filter(vintage=Vintage.CENSUS_2021, is_synthetic=False).count()


def _measure(write, version) -> list[float]:
    """Wall seconds of each run but the first, which has nothing in memory and perhaps no scores before it."""
    from accounts.audit import SystemActor
    from priorities import services

    process, times = _database_process(), []
    for number in range(REPEATS + 1):
        steps: list[tuple[str, float]] = []
        started, own, database = time.perf_counter(), time.process_time(), _cpu(process)
        run = services.score_areas(
            by=SystemActor("command:bench"),
            version=version,
            progress=lambda percent, message, at=started, steps=steps: steps.append(
                (message, time.perf_counter() - at)
            ),
        )
        seconds, own, used = time.perf_counter() - started, time.process_time() - own, _cpu(process)
        server = f"{used - database:.2f} s" if used is not None and database is not None else "not known"
        listed = ", ".join(f"{message.lower()} from {at:.2f} s" for message, at in steps)
        write(
            f"England, run {number}: {seconds:.2f} s; processor {own:.2f} s here, {server} in the database; {listed}"
            f"{' (not counted)' if not number else ''}"
        )
        if number:
            times.append(seconds)
    _check(run)
    return times


def _database_process() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _cpu(process: int) -> float | None:
    """Processor seconds of a process on this machine, None where there is none of this number (proc(5), stat)."""
    import os

    stat = Path(f"/proc/{process}/stat")
    if not stat.exists() or "postgres" not in stat.read_text():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _check(run) -> None:
    """Compare a sample of what is stored with the plain evaluation."""
    from priorities.dex.evaluate import publish

    compiled = run.model_version.compiled
    chosen = list(run.scores.order_by("area_id").values_list("pk", flat=True))[:: max(run.area_count // SAMPLE, 1)]
    for score in run.scores.filter(pk__in=chosen):
        figures = zip(compiled.model.inputs, compiled.thresholds, score.input_values, strict=True)
        plain = publish(compiled.model, {index: limits and limits.class_of(value) for index, limits, value in figures})
        differing = [
            compiled.model.attributes[index].name
            for index in compiled.model.aggregates
            if (score.node_classes[index], score.node_rules[index]) != _stored(plain[index])
        ]
        if differing:
            raise CommandError(f"area {score.area_id}: {', '.join(differing)} differ from the plain evaluation")


def _stored(published) -> tuple[int, int]:
    return published.index, -1 if published.rule is None else published.rule
