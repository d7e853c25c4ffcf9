"""`manage.py bench load [DIR]`: how long a load takes, file by file, in a database of its own that is dropped again.

Needs the role that may create databases. Files, stages, peak memory, whether cost is linear in rows, and how much
slower the loader is than a plain COPY of the same rows into a table without an index.
"""

import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from accounts.audit import SystemActor

from .loading.loader import load_material
from .models import Dataset
from .services import load_paths
from .sources.material import FileMaterial

BY = SystemActor("bench:load")
COLUMNS = "area_id, indicator_id, dataset_id, period, value, missing_reason, method, uncertainty, line"
PLAIN = "CREATE TEMPORARY TABLE plain ON COMMIT DROP AS SELECT {} FROM lsoa_indicatorvalue LIMIT 0"
SAME_ROWS = (
    "COPY (SELECT {} FROM lsoa_indicatorvalue WHERE dataset_id = {} AND method <> 'carried') TO STDOUT (FORMAT BINARY)"
)
# What a load is held against: the goals of the product on two cores.
WHOLE_SECONDS, TABLE_SECONDS, PEAK_MB = 300, 3, 1_024


def add_arguments(parser):
    parser.add_argument("directory", nargs="?", default=str(settings.BASE_DIR.parent / "shared" / "data"))
    parser.add_argument("--here", action="store_true", help="load into the configured database, which must be empty")


def run(options, write):
    """Write a line per file, then the sums; by itself in a new process, so that peak memory is that of the load."""
    if options["here"]:
        _measure(Path(options["directory"]), write)
        return
    name = f"her_bench_{os.getpid()}"
    here = os.environ | {"DATABASE_NAME": name, "HUEY_IMMEDIATE": "true"}
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    _administer(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, _template()))))
    try:
        subprocess.run([*manage, "migrate", "--verbosity", "0"], env=here | {"DATABASE_AS_OWNER": "true"}, check=True)
        command = [*manage, "bench", "load", options["directory"], "--here"]
        with subprocess.Popen(command, env=here, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                write(line.rstrip("\n"))
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
    finally:
        _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _template() -> str:
    return settings.DATABASES["default"]["TEST"]["TEMPLATE"]


def _administer(statement) -> None:
    """Run a statement as the owner, outside of a transaction."""
    import psycopg

    database = settings.DATABASES["default"]
    owner = os.environ.get("DATABASE_OWNER_USER", settings.DATABASE_OWNER_ROLE)
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"],
        dbname="postgres",
        user=owner,
        password=os.environ.get("DATABASE_OWNER_PASSWORD"),
        autocommit=True,
    ) as owners:
        owners.execute(statement)


def _measure(directory: Path, write) -> None:
    started = time.monotonic()
    outcomes, moments = [], []

    def note(outcome):
        outcomes.append(outcome)
        moments.append(time.monotonic())
        if outcome.state not in ("skipped",):
            write(_line(outcome))

    load_paths(paths=[directory], by=BY, on_outcome=note)
    total = time.monotonic() - started
    figures = _count("SELECT count(*) FROM lsoa_indicatorvalue")
    write(f"files: {(moments[-1] if moments else started) - started:.1f} s until the last file or derivation was in")
    write(f"whole: {total:.1f} s (goal {WHOLE_SECONDS}), {figures:,} values, {figures / total:,.0f} values/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    write(f"peak memory of the process: {peak:,.0f} MB (goal {PEAK_MB:,})")
    census = [outcome for outcome in outcomes if outcome.dataset and outcome.dataset.publication.startswith("census")]
    slowest = max(census, key=lambda outcome: sum(outcome.seconds.values()), default=None)
    if slowest is not None:
        seconds = sum(slowest.seconds.values())
        write(f"slowest census table: {slowest.name} {seconds:.2f} s (goal {TABLE_SECONDS})")
        _linearity(directory / slowest.path, write)
    _peer([outcome for outcome in outcomes if outcome.dataset and outcome.state in ("loaded", "history")], write)


def _line(outcome) -> str:
    seconds = sum(outcome.seconds.values())
    rows = outcome.quality.get("rows_loaded", 0) if outcome.quality else 0
    stages = ", ".join(f"{name} {value:.2f}" for name, value in outcome.seconds.items())
    rate = f", {rows / seconds:,.0f} rows/s" if seconds and rows else ""
    return f"{outcome.state:9} {outcome.path}: {seconds:.2f} s ({stages}), {rows:,} rows{rate}"


def _linearity(path: Path, write) -> None:
    """Half of a table against the whole of it, each in a transaction that is taken back."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    with tempfile.TemporaryDirectory() as folder:
        seconds = []
        for rows in (len(lines) // 2, len(lines)):
            part = Path(folder) / f"{rows}.csv"
            part.write_bytes(b"".join(lines[:rows]))
            seconds.append(_seconds_of(part))
    half, whole = seconds
    write(
        f"linearity: half of {path.name} {half:.2f} s, the whole {whole:.2f} s: {whole / half:.2f} times (2 is linear)"
    )


def _seconds_of(path: Path) -> float:
    with transaction.atomic():
        Dataset.objects.update(file_sha256="0" * 64, content_sha256="", state=Dataset.State.ROLLED_BACK)
        started = time.monotonic()
        outcome = load_material(material=FileMaterial(path), by=BY)
        seconds = time.monotonic() - started
        if outcome.state != "loaded":
            raise RuntimeError(f"{path.name}: {outcome.state}: {outcome.message}")
        transaction.set_rollback(True)
    return seconds


def _peer(outcomes, write) -> None:
    """The largest tables of figures once more by plain COPY into a table without an index or a rule."""
    largest = sorted(outcomes, key=lambda outcome: -_values_of(outcome))[:5]
    for outcome in largest:
        values, seconds = _values_of(outcome), sum(outcome.seconds.values())
        if not values or not seconds:
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL(PLAIN).format(sql.SQL(COLUMNS)))
            with cursor.copy(_rows_of(outcome)) as copy:
                data = b"".join(bytes(block) for block in copy)
            started = time.monotonic()
            with cursor.copy("COPY plain FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(data)
            plain = time.monotonic() - started
        writing = outcome.seconds["write"]
        write(
            f"peer: {outcome.name}: {values:,} values, loader {seconds:.2f} s (writing {writing:.2f}), plain COPY "
            f"{plain:.2f} s: {seconds / plain:.1f} times (writing {writing / plain:.1f})"
        )


def _rows_of(outcome):
    return sql.SQL(SAME_ROWS).format(sql.SQL(COLUMNS), sql.Literal(str(outcome.dataset.pk)))


def _values_of(outcome) -> int:
    indicators = outcome.dataset.quality.get("indicators", {})
    return sum(figures["values"] for figures in indicators.values())


def _count(query) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
