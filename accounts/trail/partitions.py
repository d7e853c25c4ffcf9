"""Partitions of the trail: made ahead, so that no writer ever waits for one."""

from django.db import connection

from .recording import SystemActor, record

PARTITION_ENTRIES = 1_000_000
AHEAD = 2


def make_ahead(ahead: int = AHEAD, *, by: SystemActor | None = None) -> int:
    """Make what is missing for the next `ahead` million entries; returns how many partitions were made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.audit_make_partitions(%s)", [ahead])
        made = cursor.fetchone()[0]
    if made and by is not None:
        record(action="audit.partitions_made", by=by, details={"partitions": made})
    return made


def entries_left() -> int:
    """Entries for which there is a partition already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) * %s - coalesce((SELECT max(sequence) FROM public.accounts_auditevent), 0)"
            " FROM pg_inherits WHERE inhparent = 'public.accounts_auditevent'::regclass",
            [PARTITION_ENTRIES],
        )
        return cursor.fetchone()[0]
