"""The indicators that the product knows by name, one module a theme. Adapters may define more: no migration needed."""

from . import access, census, deprivation, geography, qof
from .definition import IndicatorDefinition

__all__ = ["CATALOGUE", "IndicatorDefinition"]

CATALOGUE: dict[str, IndicatorDefinition] = {
    definition.code: definition
    for theme in (census, deprivation, qof, access, geography)
    for definition in theme.DEFINITIONS
}
