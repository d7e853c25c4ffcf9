"""The small-number rule: groups of fewer than five are hidden, and cannot be worked out from what is shown.

What is shown are sums over groups (numbers, weights, served), so a hidden group can be worked out exactly when its
members can be written as sums and differences of groups that are shown: secondary suppression, see Willenborg, de Waal
2001, Elements of Statistical Disclosure Control, chapter 4. Several hidden groups whose sum is below five are kept as
safe as one.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

SMALLEST_SHOWN = 5
TOLERANCE = 1e-7


def groups_to_hide(
    members: Mapping,
    known: Collection = (),
    last: Collection = (),
    smallest: int = SMALLEST_SHOWN,
    always: Collection = (),
) -> set:
    """Names of the groups that must not be shown.

    `members`: for each group a boolean array (n,), true for its visits; all groups that are published anywhere belong
    into one call. The number of all n visits counts as shown, and so do the groups of `known`, which are never hidden
    themselves. Empty groups are not hidden: there is nobody in them. Where hiding the small groups is not enough, the
    smallest others that give them away go too, those of `last` only when no other does. `always`: groups that are as
    secret as small ones, whatever their size.
    """
    sizes = {name: int(np.count_nonzero(rows)) for name, rows in members.items()}
    small = {name for name, size in sizes.items() if size and (size < smallest or name in always)}
    hidden = small - set(known)
    if not hidden:
        return hidden
    names = list(members)
    table = np.array([np.asarray(members[name], dtype=bool) for name in names])
    cells, counts = np.unique(table, axis=1, return_counts=True)  # visits that lie in the same groups are alike
    row = dict(zip(names, cells.astype(float), strict=True))
    while True:
        shown = [name for name, size in sizes.items() if size and name not in hidden]
        targets = _secret(row, counts, hidden, hidden & small, shown, smallest)
        # Which groups give the first leak away; the total of all visits is the last line of the basis.
        parts = _given_away(np.array([*(row[name] for name in shown), np.ones(len(counts))]), targets)
        if parts is None:
            return hidden
        candidates = [name for name, plays_a_part in zip(shown, parts, strict=False) if plays_a_part]
        candidates = [name for name in candidates if name not in known]
        if not candidates:
            return hidden  # only what is public in any case is left
        hidden.add(min(candidates, key=lambda name: (name in last, sizes[name], str(name))))


def _secret(row, counts, hidden, small, shown, smallest):
    """(k, cells): each hidden group that is small, and small remainders with hidden ones in them: what is left of a
    shown group, or of all visits, less all shown groups inside it.
    """
    secret = [row[name] for name in sorted(small, key=str)]
    hidden_cells = np.max([row[name] for name in hidden], axis=0) > 0
    for whole in [np.ones(len(counts)), *(row[name] for name in shown)]:
        inside = [row[name] for name in shown if (row[name] <= whole).all() and (row[name] < whole).any()]
        rest = np.clip(whole - np.sum(inside, axis=0), 0, 1) if inside else whole
        if 0 < rest @ counts < smallest and (rest.astype(bool) & hidden_cells).any():
            secret.append(rest)
    return np.array(secret)


def _given_away(basis, targets):
    """Which rows of `basis` (a boolean each) sum up to the first target that is such a sum; None where none is."""
    weights = np.linalg.lstsq(basis.T, targets.T, rcond=None)[0]
    for i, target in enumerate(targets):
        if np.abs(weights[:, i] @ basis - target).max() < TOLERANCE:
            return np.abs(weights[:, i]) > TOLERANCE
    return None


def hidden_with_headline(
    members: Mapping, known: Collection, last: Collection, details: Sequence[Collection], always: Collection = ()
) -> set:
    """`groups_to_hide`, but before one of `last` that is large enough is hidden, whole tables of detail are: those of
    `details` (names of each), the first one first. What is not published at all gives nothing away.
    """
    hidden = groups_to_hide(members, known, last, always=always)
    given_up: set = set()
    for table in details:
        large = [name for name in last if np.count_nonzero(members[name]) >= SMALLEST_SHOWN and name not in always]
        if hidden.isdisjoint(large):
            break
        given_up |= {name for name in table if np.count_nonzero(members[name])}
        kept = {name: rows for name, rows in members.items() if name not in given_up}
        hidden = groups_to_hide(kept, known, last, always=always) | given_up
    return hidden


def hidden_over_parts(
    members: Mapping,
    parts: Sequence,
    known: Collection = (),
    last: Collection = (),
    details: Sequence[Collection] = (),
    always: Collection = (),
) -> set:
    """`hidden_with_headline` of visits that are published part by part as well: by week, and each week by plan.

    `parts`: one array (n,) of labels for each level, the coarsest first. What is shown of the parts could be taken from
    what is shown of the whole: a group is hidden in the whole where the parts in which it is hidden hold fewer than
    five of its visits together. Those of `last` are not hidden for that: they are what the whole is about.
    """
    if not parts:
        return hidden_with_headline(members, known, last, details, always)
    labels, *finer = (np.asarray(level) for level in parts)
    unseen = dict.fromkeys(members, 0)
    for label in np.unique(labels):
        rows = labels == label
        inside = {name: np.asarray(each, dtype=bool)[rows] for name, each in members.items()}
        for name in hidden_over_parts(inside, [level[rows] for level in finer], known, last, details):
            unseen[name] += int(np.count_nonzero(inside[name]))
    secret = {name for name, count in unseen.items() if 0 < count < SMALLEST_SHOWN and name not in last}
    return hidden_with_headline(members, known, last, details, secret.union(always))
