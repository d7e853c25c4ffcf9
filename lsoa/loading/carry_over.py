"""Figures of 2011 areas as figures of 2021 areas, within the same dataset. Set-wise; the rules are in `lsoa.vintages`.

Two steps, both of which do nothing when nothing has changed: the weights of the changes are made of the best that is
loaded (people before surface), then datasets on 2011 areas get what they lack.
"""

from collections.abc import Callable

from django.db import connection, transaction

from accounts import audit
from lsoa.models import Dataset
from lsoa.vintages import IN_PART, MISSING_TOLERATED

from . import carry_over_sql as sql
from .loader import LOAD_LOCK
from .memory import let_database_use_more

# Residents of an area, the best first. On 2011 areas the denominators of IMD 2019, on 2021 areas the census.
PEOPLE_2011 = ["imd_population_total", "population"]
PEOPLE_2021 = ["population", "imd_population_total"]


def weigh_changes() -> int:
    """Make the weights of all changes of the best figures that are loaded; returns how many pairs got others.

    Unchanged and split areas have one parent, of weight 1. Parents of a merged area weigh by their people, else by
    their surface. Parents of an irregular one weigh by the overlap of the boundaries times the density of population,
    else by the overlap. A split area's counts are shared out by the people of its parts, else by their surface.
    `basis` and `share_basis` say which was used; parents without geometry weigh the same ("equal").
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.WEIGH, {"people_2011": PEOPLE_2011, "people_2021": PEOPLE_2021})
        return cursor.rowcount


def carry_over_pending(*, by, progress: Callable[[float, str], None] | None = None) -> list[Dataset]:
    """Write what datasets on 2011 areas lack on 2021 areas; returns the datasets whose figures there are new.

    A dataset is left alone while areas, weights and kinds of indicators are those that its figures were carried with.
    Each dataset is a transaction of its own.
    """
    with transaction.atomic():
        _lock()
        weigh_changes()
    pending = list(Dataset.objects.filter(vintage=2011).exclude(state=Dataset.State.ROLLED_BACK).order_by("loaded_at"))
    written = []
    for done, dataset in enumerate(pending):
        if progress is not None:
            progress(done / len(pending), f"figures of 2011 areas on areas of 2021: {dataset.title[:40]}")
        with transaction.atomic():
            _lock()
            if _carry(Dataset.objects.select_for_update().get(pk=dataset.pk), by):
                written.append(dataset)
    return written


def _lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])


def _carry(dataset: Dataset, by) -> bool:
    values = {"dataset": dataset.pk, "tolerated": MISSING_TOLERATED + 1e-12, "in_part": IN_PART}
    let_database_use_more()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.carried_pair")
        cursor.execute(sql.PAIRS)
        # A new table is unknown to the planner, who would read the whole dataset for a few hundred merged areas.
        cursor.execute("ANALYZE pg_temp.carried_pair")
        cursor.execute(sql.FINGERPRINT, values)
        fingerprint, figures = cursor.fetchone()
        before = dataset.quality.get("carried", {})
        if not figures or before.get("fingerprint") == fingerprint:
            return False
        # Published figures stand on 2011 areas; everything that was carried before is made again.
        removed = 0
        if before:
            cursor.execute(sql.REMOVE, values)
            removed = cursor.rowcount
        methods = {}
        for statement in (sql.ONE_PARENT, sql.SEVERAL_PARENTS):
            cursor.execute(statement, values)
            methods |= {method: {"values": n, "missing": missing} for method, n, missing in cursor.fetchall()}
        cursor.execute("DROP TABLE pg_temp.carried_pair")
    if not methods and not removed:
        return False
    dataset.quality["carried"] = {"fingerprint": fingerprint, "methods": methods}
    dataset.save(update_fields=["quality"])
    audit.record(action="dataset.carried_over", by=by, target=dataset, details={"methods": methods})
    return True
