"""Random numbers that a search carries with it, so that how it is cut into slices makes no difference (xorshift64)."""

from pathlib import Path

import numpy as np

from .compilation import compiler

kernel = compiler(Path(__file__).parent)

SHIFTS = np.uint64(13), np.uint64(7), np.uint64(17)
MIXER = 0x9E3779B97F4A7C15


def seeded(seed: int) -> np.ndarray:
    """The generator's state: one uint64, never zero (splitmix64 of the seed)."""
    mask = (1 << 64) - 1
    mixed = (seed * 0xD1342543DE82EF95 + MIXER) & mask
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
    return np.array([(mixed ^ (mixed >> 31)) or MIXER], dtype=np.uint64)


@kernel(part=True)
def draw(chance):
    """A float in [0, 1)."""
    x = chance[0]
    x ^= x << SHIFTS[0]
    x ^= x >> SHIFTS[1]
    x ^= x << SHIFTS[2]
    chance[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel(part=True)
def below(chance, bound):
    """An integer in [0, bound)."""
    return min(int(draw(chance) * bound), bound - 1)
