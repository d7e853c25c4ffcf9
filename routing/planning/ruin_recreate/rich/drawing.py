"""Random numbers from the state that chance.py seeds: here once more, so that this package is made of its own files
only and a change of the plain search does not compile it anew.
"""

import numpy as np

from .compiled import inlined

SHIFTS = np.uint64(13), np.uint64(7), np.uint64(17)


@inlined
def draw(chance):
    """A float in [0, 1) (xorshift64)."""
    x = chance[0]
    x ^= x << SHIFTS[0]
    x ^= x >> SHIFTS[1]
    x ^= x << SHIFTS[2]
    chance[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def below(chance, bound):
    """An integer in [0, bound)."""
    return min(int(draw(chance) * bound), bound - 1)
