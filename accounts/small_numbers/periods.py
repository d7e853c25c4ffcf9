"""Counts over a period whose parts (weeks, days) are answers of their own: the whole less its parts gives nothing away.

Within one answer the attacker is assumed to know shown counts exactly. Between answers only what is shown is known:
rounded counts, each of which leaves five values open. Each group is held against its own parts; equations over several
groups and several answers at once are not looked at (docs/small-numbers.md, "What it does not do").
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np

from .protection import groups_to_hide
from .rule import RULE, Rule


class Memory(Protocol):
    """Where answers of parts are kept, since they are asked for again with every longer period; a frozenset by key."""

    def get(self, key: str) -> frozenset | None: ...

    def set(self, key: str, hidden: frozenset) -> None: ...


class InProcess:
    """The answers that were asked for last, as long as the process lives."""

    def __init__(self, most: int = 512):
        self._most, self._kept = most, {}

    def get(self, key):
        return self._kept.get(key)

    def set(self, key, hidden):
        if len(self._kept) >= self._most:
            self._kept.clear()
        self._kept[key] = hidden


IN_PROCESS = InProcess()


def groups_to_hide_over_parts(
    members: Mapping,
    parts: Sequence,
    rule: Rule = RULE,
    *,
    coarse: Collection = (),
    memory: Memory = IN_PROCESS,
    **question,
) -> frozenset:
    """`groups_to_hide` of visits that are published part by part as well.

    `parts`: one array (n,) of labels for each level, the coarsest first: the week of each visit, then its plan; none of
    a plan itself. A group is hidden in the whole where the parts in which it is hidden hold 1 to 7 of its visits
    together, and the shown parts, rounded, leave less than that open. `coarse`: groups that are published for wholes
    only, never for the finest parts (areas: hardly one has enough visits on a day). `memory`: where answers are kept.
    `question`: as for `groups_to_hide`.
    """
    if not parts:
        left_out = frozenset(name for name in coarse if np.any(members[name]))
        rest = {name: rows for name, rows in members.items() if name not in coarse}
        return left_out | _answer(rest, rule, question, memory)
    labels, *finer = (np.asarray(level) for level in parts)
    sizes = {name: int(np.count_nonzero(rows)) for name, rows in members.items()}
    unseen, low, high = dict.fromkeys(members, 0), dict.fromkeys(members, 0), dict.fromkeys(members, 0)
    for label in np.unique(labels):
        rows = labels == label
        inside = {name: np.asarray(each, dtype=bool)[rows] for name, each in members.items()}
        finer_inside = [level[rows] for level in finer]
        hidden = groups_to_hide_over_parts(
            inside, finer_inside, rule, coarse=coarse, memory=memory, **_of_part(question)
        )
        for name, own in inside.items():
            size = int(np.count_nonzero(own))
            if name in hidden:
                unseen[name] += size
            elif size and name not in question.get("unpublished", ()):
                least, most = rule.bounds(rule.rounded(size))
                low[name], high[name] = low[name] + least, high[name] + most
    secret = dict(question.pop("secret", None) or {})
    for name, count in unseen.items():
        if rule.is_small(count) and not rule.is_small(sizes[name]):
            least, most = rule.bounds(rule.rounded(sizes[name]))
            if least - high[name] > 1 or most - low[name] < rule.most_hidden:
                seen = sizes[name] - count
                secret.setdefault(name, (seen + 1, seen + rule.most_hidden))
    # What every part shows can be added up: hiding that in the whole helps last.
    importance = dict(question.pop("importance", None) or {})
    importance |= {name: importance.get(name, 0) + 100 for name, count in unseen.items() if not count}
    return _answer(members, rule, question | {"secret": secret, "importance": importance}, memory)


def _of_part(question):
    return {name: value for name, value in question.items() if name != "secret"}


def _answer(members, rule, question, memory):
    question = question | {"unpublished": [name for name in question.get("unpublished", ()) if name in members]}
    key = _digest(members, rule, question)
    hidden = memory.get(key)
    if hidden is None:
        hidden = groups_to_hide(members, rule=rule, **question)
        memory.set(key, hidden)
    return hidden


def _digest(members, rule, question) -> str:
    """Of everything that the answer follows from."""
    digest = hashlib.sha256(repr((rule, list(members), sorted(question.items()))).encode())
    for rows in members.values():
        digest.update(np.packbits(np.asarray(rows, dtype=bool)).tobytes())
    return digest.hexdigest()
