"""What a misspelt word may have meant, among the words of the gazetteer."""

from django.db import connection

# Candidates by trigrams, and for short words (one slip leaves them few trigrams) by their first letter or all letters.
KNOWN = """
SELECT w FROM unnest(%(words)s::text[]) w WHERE EXISTS (SELECT 1 FROM lsoa_placeword k WHERE starts_with(k.word, w))
"""
SIMILAR = """
(SELECT word, places FROM lsoa_placeword WHERE word %% %(word)s ORDER BY similarity(word, %(word)s) DESC LIMIT 40)
UNION
(SELECT word, places FROM lsoa_placeword
 WHERE length(%(word)s) <= 6 AND word LIKE left(%(word)s, 1) || '%%'
   AND length(word) BETWEEN length(%(word)s) - 1 AND length(%(word)s) + 1 LIMIT 400)
"""
MOST_CHOICES = 3


def corrections(words: list[str]) -> list[list[str]] | None:
    """For every word what it may mean, the likeliest first: itself where a name has a word that begins so.

    None when a word is like no other, or when nothing had to be put right.
    """
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"words": words})
        known = {word for (word,) in cursor.fetchall()}
        if all(word in known or not word.isalpha() for word in words):
            return None
        meant = []
        for word in words:
            if word in known or not word.isalpha():
                meant.append([word])
                continue
            cursor.execute(SIMILAR, {"word": word})
            choices = _nearest(word, cursor.fetchall())
            if not choices:
                return None
            meant.append(choices)
    return meant


def _nearest(word: str, candidates: list[tuple[str, int]]) -> list[str]:
    """Candidates within as many slips as the word's length forgives, fewest slips first, then commonest first."""
    most = slips_forgiven(word)
    near = []
    for candidate, places in candidates:
        slips = distance(word, candidate, most)
        if slips <= most:
            near.append((slips, candidate[0] != word[0], -places, candidate))
    near.sort()
    return [candidate for slips, _, _, candidate in near if slips == near[0][0]][:MOST_CHOICES]


def slips_forgiven(word: str) -> int:
    """None in three letters, one in four or five, two up to nine, three beyond."""
    return 0 if len(word) <= 3 else 1 if len(word) <= 5 else 2 if len(word) <= 9 else 3


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, leave out, replace or swap with their neighbour (optimal string alignment distance:
    Damerau, CACM 7 (1964) 171-176); more than `most` may be any number above it."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [], list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
