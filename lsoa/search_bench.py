"""`manage.py bench search`: realistic questions of every kind to the loaded gazetteer and postcodes, timed in the
database and altogether, and the same by an unindexed scan. Writes nothing."""

import random
import statistics
import time
from contextlib import contextmanager

from django.db import connection

from .models import Place, PlaceWord, Postcode
from .search import search

# Unindexed: what a search without the gazetteer would ask of the same rows.
SCAN_PLACES = "SELECT kind, code, name FROM lsoa_place WHERE text ILIKE %s OR name ILIKE %s LIMIT 50"
SCAN_POSTCODES = "SELECT postcode FROM lsoa_postcode WHERE postcode ILIKE %s LIMIT 50"

LOADED = {Place: "places", Postcode: "postcodes", PlaceWord: "words"}


def add_arguments(parser):
    parser.add_argument("--questions", type=int, default=40, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scan", type=int, default=3, help="questions of each kind for the unindexed scan")


def run(options, write):
    """One line per kind: median and 95th percentile in milliseconds, in the database and altogether; the scan's."""
    dice = random.Random(options["seed"])
    write(
        f"{Place.objects.count():,} places, {Postcode.objects.count():,} postcodes, {PlaceWord.objects.count():,} words"
    )
    search("warm up")
    everything = []
    for kind, questions in _questions(dice, options["questions"]).items():
        if not questions:
            write(f"{kind}: nothing loaded to ask for")
            continue
        timed = [_timed(text) for text in questions]
        everything += timed
        scans = [_scanned(kind, text) for text in questions[: options["scan"]]]
        ratio = statistics.median(scans) / statistics.median(database for database, _, _ in timed)
        found = sum(hits > 0 for _, _, hits in timed)
        write(
            f"{kind:<22} {_summary(timed)}; found {found} of {len(timed)}; "
            f"scan {statistics.median(scans):.0f} ms ({ratio:.0f} times as long)"
        )
    write(f"{'all':<22} {_summary(everything)}")


def _summary(timed) -> str:
    database, whole = [row[0] for row in timed], [row[1] for row in timed]
    return f"database {_spread(database)}, altogether {_spread(whole)}"


def _spread(milliseconds) -> str:
    ordered = sorted(milliseconds)
    return f"{statistics.median(ordered):.1f} / {ordered[int(0.95 * (len(ordered) - 1))]:.1f} ms"


def _questions(dice, number) -> dict[str, list[str]]:
    postcodes = _sample(dice, list(Postcode.objects.order_by("?").values_list("postcode", flat=True)[: 2 * number]))
    names = {kind: _names(dice, kind, number) for kind in Place.Kind.values}
    units = postcodes[:number]
    towns = names["local_authority"] + names["ward"][: number // 2]
    return {
        "postcode": units,
        "postcode, no space": [text.replace(" ", "").lower() for text in units],
        "postcode, a slip": [_slip_postcode(text) for text in units],
        "postcode, unfinished": [text[:-1] for text in units],
        "sector": [text[:-2] for text in units],
        "district": [text.split()[0] for text in units],
        "postcode area": sorted({"".join(c for c in text.split()[0] if c.isalpha()) for text in units}),
        "area code": _codes(dice, number),
        "code, unfinished": [code[:7] for code in _codes(dice, number)],
        "area name": names["area"],
        "ward": names["ward"],
        "local authority": names["local_authority"],
        "ICB": names["icb"],
        "beginning of a name": [text[: max(3, len(text) // 2)] for text in towns],
        "two letters": [text[:2] for text in towns],
        "words the other way": [" ".join(reversed(text.split())) for text in towns],
        "misspelt": [_misspell(dice, text) for text in towns if len(text) > 5],
        "nothing there": [f"{text[::-1]} zzyx" for text in towns],
    }


def _sample(dice, items):
    dice.shuffle(items)
    return items


def _names(dice, kind, number):
    found = list(Place.objects.filter(kind=kind, vintage=2021).order_by("?").values_list("name", flat=True)[:number])
    return _sample(dice, found)


def _codes(dice, number):
    return _sample(dice, list(Place.objects.filter(kind="area").order_by("?").values_list("code", flat=True)[:number]))


def _slip_postcode(text):
    return text.translate(str.maketrans({"0": "O", "1": "I", "5": "S"}))


def _misspell(dice, text):
    """Two neighbouring letters of the longest word change places."""
    words = text.split()
    longest = max(range(len(words)), key=lambda n: len(words[n]))
    word = words[longest]
    at = dice.randrange(1, max(2, len(word) - 1))
    words[longest] = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return " ".join(words)


def _timed(text) -> tuple[float, float, int]:
    """(milliseconds in the database, altogether, hits)"""
    with _database_time() as spent:
        started = time.perf_counter()
        hits = len(search(text).hits)
        whole = time.perf_counter() - started
    return 1000 * spent[0], 1000 * whole, hits


@contextmanager
def _database_time():
    spent = [0.0]

    def watch(execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[0] += time.perf_counter() - started

    with connection.execute_wrapper(watch):
        yield spent


def _scanned(kind, text) -> float:
    """Milliseconds of the scan that would answer the same question."""
    about_postcodes = kind.startswith(("postcode", "sector", "district"))
    statement, values = (SCAN_POSTCODES, [f"{text}%"]) if about_postcodes else (SCAN_PLACES, [f"%{text}%"] * 2)
    with connection.cursor() as cursor:
        # ILIKE cannot use the indexes that there are; this makes sure.
        cursor.execute("SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off")
        started = time.perf_counter()
        cursor.execute(statement, values)
        cursor.fetchall()
        spent = time.perf_counter() - started
        cursor.execute("RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan")
    return 1000 * spent
