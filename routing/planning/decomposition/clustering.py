"""Parts of visits: compact, of even size, and each with its share of every priority.

K-means whose cells carry a price each (a power diagram): a part that has grown too large becomes dearer until it is as
large as the others, and dearer for a priority of which it has more than its share. Prices move in small steps, so that
parts stay compact and give up visits at their borders only.
"""

import numpy as np

FEWEST, TARGET, MOST = 150, 225, 300
CENTRE_ROUNDS, PRICE_ROUNDS = 30, 120
# A part may have so much more or less than its share of a priority, and so many visits in any case.
SHARE_TOLERANCE, COUNT_TOLERANCE = 0.15, 3


def number_of_parts(visits: int) -> int:
    """Parts of 150 to 300 visits each; one where there are fewer."""
    return max(1, -(-visits // MOST), round(visits / TARGET) if visits > MOST else 1)


def clustered(points: np.ndarray, counts: np.ndarray, parts: int) -> np.ndarray:
    """The part of each group. `points`: (groups, dimensions); `counts`: (groups, priorities), visits of each
    priority."""
    if parts == 1 or not len(points):
        return np.zeros(len(points), dtype=np.int64)
    sizes = counts.sum(axis=1)
    labels = _bisected(points, sizes, parts)
    prices = np.zeros(parts)
    for step in range(CENTRE_ROUNDS):
        centres = _centres(points, sizes, labels, parts)
        distances = _squared(points, centres)
        labels = (distances + prices).argmin(axis=1)
        filled = np.bincount(labels, weights=sizes, minlength=parts)
        prices += _step(distances, sizes, step, CENTRE_ROUNDS) * (filled / filled.mean() - 1)
    distances = _squared(points, _centres(points, sizes, labels, parts))
    return _within_bounds(distances, sizes, _evened(distances, prices, counts))


def _bisected(points, sizes, parts):
    """A first division: halves along the widest direction, again and again."""
    labels = np.zeros(len(points), dtype=np.int64)

    def cut(members, first, number):
        if number == 1 or len(members) < 2:
            labels[members] = first
            return
        widest = np.ptp(points[members], axis=0).argmax()
        members = members[np.argsort(points[members, widest], kind="stable")]
        fewer = number // 2
        reached = np.cumsum(sizes[members])
        middle = min(max(1, int(np.searchsorted(reached, reached[-1] * fewer / number))), len(members) - 1)
        cut(members[:middle], first, fewer)
        cut(members[middle:], first + fewer, number - fewer)

    cut(np.arange(len(points)), 0, parts)
    return labels


def _centres(points, sizes, labels, parts):
    weight = np.bincount(labels, weights=sizes, minlength=parts)
    sums = np.stack([np.bincount(labels, weights=sizes * axis, minlength=parts) for axis in points.T], axis=1)
    centres = sums / np.maximum(weight, 1)[:, None]
    centres[weight == 0] = points[: (weight == 0).sum()]  # an empty part begins anew where somebody lives
    return centres


def _squared(points, centres):
    return ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)


def _step(distances, sizes, step, rounds):
    """How far prices move at once: a part of the usual squared distance to a centre, less and less."""
    usual = np.average(distances.min(axis=1), weights=sizes)
    return 0.5 * usual * (1 - step / rounds)


def _evened(distances, prices, counts):
    """Parts with sizes and shares of priorities within tolerance, or as near to that as prices brought them."""
    parts, sizes = distances.shape[1], counts.sum(axis=1)
    main = counts.argmax(axis=1)
    shares = counts.sum(axis=0) / max(1, counts.sum())
    by_priority = np.tile(prices[:, None], (1, counts.shape[1])).astype(float)
    best, best_rank = None, None
    for step in range(PRICE_ROUNDS):
        labels = (distances + by_priority[:, main].T).argmin(axis=1)
        filled = np.stack([np.bincount(labels, weights=column, minlength=parts) for column in counts.T], axis=1)
        total = filled.sum(axis=1)
        wanted = total[:, None] * shares[None, :]
        odd = np.maximum(0, np.abs(filled - wanted) - np.maximum(SHARE_TOLERANCE * wanted, COUNT_TOLERANCE))
        bounds = np.maximum(0, total - MOST) + np.maximum(0, min(FEWEST, counts.sum() // parts) - total)
        rank = (bounds.sum() + odd.sum(), distances[np.arange(len(labels)), labels] @ sizes)
        if best is None or rank < best_rank:
            best, best_rank = labels, rank
        if rank[0] == 0:
            break
        pace = _step(distances, sizes, step, PRICE_ROUNDS)
        by_priority += pace * np.where(odd > 0, (filled - wanted) / np.maximum(wanted, 1), 0)
        by_priority += pace * (total / total.mean() - 1)[:, None]
    return best


def _within_bounds(distances, sizes, labels):
    """Moves the groups that lose least out of parts that are still too large, and into those too small."""
    parts = distances.shape[1]
    labels = labels.copy()
    filled = np.bincount(labels, weights=sizes, minlength=parts)
    fewest, everywhere = min(FEWEST, int(sizes.sum()) // parts), np.arange(len(labels))

    def moves(candidates, targets):
        extra = distances[np.ix_(candidates, targets)] - distances[candidates, labels[candidates]][:, None]
        for flat in np.argsort(extra, axis=None, kind="stable"):
            yield candidates[flat // len(targets)], targets[flat % len(targets)]

    for part in np.flatnonzero(filled > MOST):
        members, others = everywhere[labels == part], np.flatnonzero(np.arange(parts) != part)
        for group, target in moves(members, others):
            if filled[part] <= MOST:
                break
            if labels[group] == part and filled[target] + sizes[group] <= MOST:
                filled[part], filled[target] = filled[part] - sizes[group], filled[target] + sizes[group]
                labels[group] = target
    for part in np.flatnonzero(filled < fewest):
        for group, _ in moves(everywhere[labels != part], np.array([part])):
            if filled[part] >= fewest:
                break
            giver = labels[group]
            if filled[giver] - sizes[group] >= fewest and filled[part] + sizes[group] <= MOST:
                filled[part], filled[giver] = filled[part] + sizes[group], filled[giver] - sizes[group]
                labels[group] = part
    return labels
