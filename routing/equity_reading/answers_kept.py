"""Which groups are hidden in a day, a week, four weeks: worked out once, not with every page that shows them."""

from django.core.cache import cache

# Four weeks and the days in which somebody looks back at them.
SECONDS = 40 * 24 * 3600


class SharedMemory:
    """`accounts.small_numbers.periods.Memory` for all processes. Keys are digests, the answers names of groups."""

    def get(self, key: str) -> frozenset | None:
        return cache.get(f"small-numbers:{key}")

    def set(self, key: str, hidden: frozenset) -> None:
        cache.set(f"small-numbers:{key}", hidden, SECONDS)


KEPT = SharedMemory()
