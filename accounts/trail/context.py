"""On whose behalf rows are changed: what the triggers of row history note beside each row.

The person's pseudonym (or the part of the system), the id of the request and the name of the address, without anything
that was typed. It is given to the database right before a statement that changes a tracked table, and to no other:
statements of all other tables cost nothing. Raw SQL that begins otherwise is kept too, without context.
"""

import json
import re
import sys
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

import structlog
from django.apps import apps

from .recording import SystemActor, pseudonym_of

SETTING = "pghistory.context_metadata"
WRITES = re.compile(
    r'\s*(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?)\s+(?:"?public"?\.)?"?(\w+)', re.I
)
_actor: ContextVar[Callable[[], dict] | None] = ContextVar("history_actor", default=None)


@contextmanager
def acting(describe: Callable[[], dict]):
    """Within, `describe()` is asked for the context whenever a tracked table is about to change."""
    token = _actor.set(describe)
    try:
        yield
    finally:
        _actor.reset(token)


def _of_system(actor: SystemActor) -> dict:
    return {"actor_kind": "system", "actor_id": actor.name, "request_id": _request_id(), "url": ""}


def _of_process() -> dict | None:
    """A management command, when this process is one."""
    arguments = [*sys.argv, "", ""]
    is_command = Path(arguments[0]).name == "manage.py" and arguments[1]
    return _of_system(SystemActor(f"command:{arguments[1]}")) if is_command else None


def task_begins(task) -> None:
    """Huey hook: what a task changes is changed by the worker. A task that runs within a request leaves it its name."""
    if _actor.get() is None:
        name = f"huey:{task.name}"
        task.history_token = _actor.set(lambda: _of_system(SystemActor(name)))


def task_ended(task, task_value, exception) -> None:
    token = getattr(task, "history_token", None)
    if token is not None:
        _actor.reset(token)


def of_request(request) -> dict:
    """Who is asking, as far as it is known by now (tokens are looked at late), at which address."""
    match, user = request.resolver_match, getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "actor_kind": "user" if known else "system",
        "actor_id": pseudonym_of(user) if known else "anonymous",
        "request_id": _request_id(),
        "url": match.view_name if match and match.view_name else "",
    }


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


@cache
def tracked_tables() -> frozenset[str]:
    from pghistory.models import Event

    return frozenset(
        model.pgh_tracked_model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, Event) and hasattr(model, "pgh_tracked_model")
    )


def tell_database(execute, sql, params, many, context):
    """Execute wrapper of every connection: sets the context for statements that change a tracked table."""
    if not _changes_tracked_table(sql):
        return execute(sql, params, many, context)
    describe = _actor.get() or _of_process
    acting_now = describe()
    if acting_now is None:
        return execute(sql, params, many, context)
    django_connection, told = context["connection"], json.dumps(acting_now)
    # In a transaction the setting ends with it at the latest, also where the statement fails and nothing can be set.
    local = django_connection.in_atomic_block
    _set(django_connection, told, local)
    done = False
    try:
        result = execute(sql, params, many, context)
        done = True
        return result
    finally:
        if done or not local:
            _set(django_connection, "", local)


def _set(django_connection, value: str, local: bool) -> None:
    django_connection.connection.execute("SELECT set_config(%s, %s, %s)", [SETTING, value, local])


def _changes_tracked_table(sql) -> bool:
    text = sql[:300] if isinstance(sql, str) else str(sql)[:300]
    match = WRITES.match(text)
    return bool(match) and match[1] in tracked_tables()


def listen(sender, connection, **kwargs) -> None:
    """Receiver of connection_created: every connection says who acts."""
    if connection.vendor == "postgresql" and tell_database not in connection.execute_wrappers:
        connection.execute_wrappers.append(tell_database)


class HistoryContextMiddleware:
    """Changes made while a request is answered are made by whoever asks."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with acting(lambda: of_request(request)):
            return self.get_response(request)
