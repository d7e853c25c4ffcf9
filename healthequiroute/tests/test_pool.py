"""Connections of a web process stay open between requests, each of which is a thread of its own."""

import threading
from copy import deepcopy

import pytest
from django.db import connection, connections

from healthequiroute.serving.pool import keep_connections


@pytest.fixture
def kept(settings, transactional_db):
    """As in a web process; the test's own connection is open before, so that it is none of the pool's."""
    connection.ensure_connection()
    options = connections.settings["default"]["OPTIONS"]
    before = deepcopy(options)
    settings.DATABASE_POOL = 3
    keep_connections()
    yield
    connection.close_pool()
    options.clear()
    options.update(before)


def backend_of_a_thread() -> int:
    """The database's process that answers a new thread, which closes its connection as a request does."""
    found = []

    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found.append(cursor.fetchone()[0])
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]


def test_another_thread_gets_the_same_connection(kept):
    assert len({backend_of_a_thread() for _ in range(6)}) <= 3


def test_a_connection_that_broke_is_not_handed_out(kept):
    broken = backend_of_a_thread()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [broken])
    assert backend_of_a_thread() != broken


def test_without_a_pool_every_request_has_its_own(settings):
    settings.DATABASE_POOL = 0
    keep_connections()
    assert "pool" not in connections.settings["default"]["OPTIONS"]
