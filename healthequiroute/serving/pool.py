"""Connections to the database that stay open between requests.

Under ASGI every request has a thread of its own, so a connection kept by its thread (CONN_MAX_AGE) would never be used
again. A new one costs a process of the database, which loads PostGIS at its first query about places: 20 to 50 ms.
"""

from django.conf import settings
from django.db import connections

# Open even while nobody asks; the rest of DATABASE_POOL is closed after ten quiet minutes.
KEPT_OPEN = 2
# A request that waits so long for a connection ends as a server error, as it would without a database.
WAIT_SECONDS = 10


def keep_connections() -> None:
    """Let requests of this process share open connections. Each is asked whether it lives before it is handed out.

    For web processes alone: tasks take minutes each, and fork.
    """
    if settings.DATABASE_POOL:
        most = settings.DATABASE_POOL
        pool = {"min_size": min(KEPT_OPEN, most), "max_size": most, "timeout": WAIT_SECONDS}
        connections.settings["default"]["OPTIONS"]["pool"] = pool
