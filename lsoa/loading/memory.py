"""Memory of a long load: the process's between its steps, the database's within one."""

import ctypes

from django.db import connection


def give_back() -> None:
    """Return freed memory to the system.

    The C library keeps what was freed for later use, in an arena for each thread. A load reads on one thread and
    writes on another, so what one step has freed is often of no use to the next, and the process grows by both.
    Other C libraries than GNU's have no such function, and need none.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def let_database_use_more() -> None:
    """For the rest of the transaction the database sorts and keeps up to 256 MB of rows in memory instead of in files:
    what is carried over, and the new rows that the check of references sees all at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
