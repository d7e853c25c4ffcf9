"""How indicators are spread over the country, from the distributions in force."""

from collections.abc import Iterable

from .distributions import Distribution
from .reference import reference

__all__ = ["Distribution", "national_distribution"]


def national_distribution(codes: Iterable[str], *, synthetic: bool | None = None) -> dict[str, Distribution]:
    """Distributions by indicator code over all real areas; over the fictional ones where only those are loaded.

    `synthetic` asks for one kind: compare a fictional area with fictional ones. Codes without values are absent.
    """
    kept, found = reference().distributions, {}
    for code in codes:
        # Real areas come first.
        kinds = (False, True) if synthetic is None else (synthetic,)
        spread = next((kept[code, kind] for kind in kinds if (code, kind) in kept), None)
        if spread is not None:
            found[code] = spread
    return found
