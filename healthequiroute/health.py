"""Probes. `live`: the process answers, no I/O. `ready`: database, migrations, Redis and a worker are there."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from accounts.tasks import worker_seen_seconds_ago
from accounts.trail import checking

# A worker beats every minute; after three it is missing.
WORKER_MISSING_AFTER = 180


@login_not_required
@never_cache
def live(request):
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
def ready(request):
    """200 when every part works, else 503; each part says "ok" or what is wrong, and nothing that helps an attacker."""
    parts = {"database": _database(), "cache": _cache(), "worker": _worker()}
    ok = all(state == "ok" for state in parts.values())
    # A broken audit trail is an alarm, and no reason to take the portal away from nurses on their rounds.
    parts["audit"] = _audit()
    return JsonResponse({"status": "ok" if ok else "unavailable", "parts": parts}, status=200 if ok else 503)


def _database():
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations pending" if pending else "ok"


def _audit():
    try:
        return checking.state()
    except DatabaseError:
        return "unreachable"


def _cache():
    try:
        # `set` would not say that nothing was kept.
        cache.add("health", "ok", 5)
    except (RedisError, OSError):
        return "unreachable"
    return "ok"


def _worker():
    try:
        seconds = worker_seen_seconds_ago()
    except (RedisError, OSError):
        return "unreachable"
    return "ok" if seconds is not None and seconds < WORKER_MISSING_AFTER else "no worker seen"
