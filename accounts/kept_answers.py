"""Answers that take long to work out, kept for as long as all that they were read from says the same.

What an answer asks of the database is written down while it is worked out. Whoever wants it again asks all of that
once more, in one statement that brings back a digest of each result and no rows: where every digest is what it was, so
is the answer. So nobody has to know which tables matter, no writer has to tell of a change, and what is kept is never
behind what is stored. An answer costs as much of the database as ever, and almost nothing of Python.

This holds for an answer that follows from the database, from its name, the code and the settings alone: no clock, no
session, no other service. What else it depends on belongs into its name.

Answers lie in Redis, encrypted, for an hour: several processes share them, and they may hold what the pages of an
organisation hold. Who may read an answer is asked before it is asked for, as ever.
"""

import base64
import json
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache as once
from hashlib import sha256
from pathlib import Path, PurePath
from time import monotonic

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.signals import setting_changed
from django.db import connection, transaction
from django.dispatch import receiver
from django.utils.safestring import SafeString, mark_safe
from psycopg import ClientCursor

from .privacy.encryption import Undecryptable, decrypt, encrypt

log = structlog.get_logger(__name__)
KEPT_SECONDS = 60 * 60
# Whoever asks more, or answers more, is better served by a table of its own.
MOST_QUESTIONS, MOST_LETTERS = 80, 2_000_000
SLOW_SECONDS = 0.05
ABOUT = "kept answers"
APPS = ("accounts", "healthequiroute", "insights", "lsoa", "priorities", "routing", "templates")
READS = ("SELECT", "WITH", "(SELECT")
# A row that is locked is about to be written.
LOCKS = ("FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE")


_aside: ContextVar[bool] = ContextVar("aside", default=False)


@contextmanager
def aside():
    """What is asked within follows from what has been asked before, and is not asked again: an answer that is kept
    under a version of its own.
    """
    token = _aside.set(True)
    try:
        yield
    finally:
        _aside.reset(token)


def is_listening() -> bool:
    """Whether what is asked of the database now becomes a question of an answer that is kept."""
    return not _aside.get() and any(isinstance(wrapper, _Asked) for wrapper in connection.execute_wrappers)


def kept_answer(name: tuple, work: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What `work` answers: texts by name. `name`: what it is of, and all that it depends on beside the database.

    Work that writes, that asks too much or waits long for an answer, is done and not kept. So is work that answers
    nothing ({}), because something is still to be worked out.
    """
    place = f"kept:{sha256(repr((digest_of_code(), digest_of_settings(), name)).encode()).hexdigest()}"
    found = _found(place)
    if found is not None and _digests(found["questions"]) == found["digests"]:
        return found["answer"]
    return _worked_out(place, work)


def as_html(answer: dict[str, str]) -> dict[str, SafeString]:
    """An answer whose texts templates made, from the cache or a moment ago: their markup stands as it is."""
    return {name: mark_safe(text) for name, text in answer.items()}  # noqa: S308


def _worked_out(place: str, work) -> dict[str, str]:
    with _one_view():
        before = _view()
        asked = _Asked()
        with connection.execute_wrapper(asked):
            answer = work()
        if not (answer and asked.is_fit):
            return answer
        questions = asked.questions
        digests, after = _digests(questions), _view()
    if before == after:
        _keep(place, {"questions": questions, "digests": digests, "answer": answer})
    return answer


class _Asked:
    """Execute wrapper that writes down what is asked of the database."""

    def __init__(self):
        self._statements, self.is_fit = [], True

    def __call__(self, execute, sql, params, many, context):
        text = str(sql).lstrip().upper()
        if many or not text.startswith(READS) or any(lock in text for lock in LOCKS):
            self.is_fit = False
        if _aside.get():
            return execute(sql, params, many, context)
        self._statements.append((sql, params))
        begun = monotonic()
        result = execute(sql, params, many, context)
        # Whoever comes next would wait for it again.
        is_slow = monotonic() - begun > SLOW_SECONDS
        self.is_fit = self.is_fit and not is_slow and len(self._statements) <= MOST_QUESTIONS
        return result

    @property
    def questions(self) -> list[str]:
        """Each once, with its values."""
        cursor = ClientCursor(connection.connection)
        told = (cursor.mogrify(sql, params) if params else str(sql) for sql, params in self._statements)
        return list(dict.fromkeys(told))


def _digests(questions: list[str]) -> list[str | None]:
    """A digest of each result, order and all; None where there is none."""
    # The questions are the product's own, with their values bound as when they were first asked.
    each = ", ".join(
        f"(SELECT md5(string_agg(r::text, chr(10))) FROM ({question}) AS r)"  # noqa: S608
        for question in questions
    )
    with connection.cursor() as cursor:
        # No values of its own, so a percent sign is one.
        cursor.execute(f"SELECT ARRAY[{each}]::text[]")
        return cursor.fetchone()[0]


@contextmanager
def _one_view():
    """Within, every question is asked of the same state of the database; not so inside somebody else's transaction."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _view() -> str:
    """The same text means that no transaction has ended between two questions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return cursor.fetchone()[0]


def _keep(place: str, kept: dict) -> None:
    text = json.dumps(kept)
    if len(text) > MOST_LETTERS:
        log.info("answer_too_large", letters=len(text))
        return
    packed = base64.b64encode(zlib.compress(text.encode(), 1)).decode()
    cache.set(place, encrypt(packed, about=f"{ABOUT} {place}"), KEPT_SECONDS)


def _found(place: str) -> dict | None:
    sealed = cache.get(place)
    if sealed is None:
        return None
    try:
        packed = decrypt(sealed, about=f"{ABOUT} {place}")
    except Undecryptable:
        # Sealed under a key that is gone since.
        return None
    return json.loads(zlib.decompress(base64.b64decode(packed)))


@once
def digest_of_code() -> str:
    """Of programs and templates: another release answers for itself."""
    digest = sha256()
    for app in APPS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*")):
            if path.suffix in (".py", ".html", ".toml", ".svg") and "/tests/" not in str(path):
                digest.update(f"{path.relative_to(settings.BASE_DIR)} ".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


@once
def digest_of_settings() -> str:
    """A portal with other settings answers for itself. Of what is no plain value only the type counts."""
    values = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    return sha256(json.dumps(values, default=_plain, sort_keys=True, skipkeys=True).encode()).hexdigest()


def _plain(value):
    if isinstance(value, PurePath):
        return str(value)
    # The order of a set differs from process to process.
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else type(value).__qualname__


@receiver(setting_changed)
def _forget_settings(**_):
    digest_of_settings.cache_clear()
