"""What an indicator's definition says."""

from dataclasses import dataclass

from lsoa.models.indicators import Indicator

# Units whose numbers can be added up.
COUNTED = {"people", "residents", "households", "patients", "persons", "practices", "attendances", "admissions"}

HIGH, LOW, NEUTRAL = Indicator.Polarity.HIGH_IS_NEED, Indicator.Polarity.LOW_IS_NEED, Indicator.Polarity.NEUTRAL


@dataclass(frozen=True)
class IndicatorDefinition:
    """What an indicator measures. Outside of `minimum` to `maximum` a value is refused."""

    code: str
    name: str
    unit: str
    polarity: str
    source: str
    decimals: int = 1
    minimum: float | None = 0
    maximum: float | None = None
    description: str = ""
    theme: str = ""
    # Decides how values move between census vintages (Indicator.Kind); read from the unit when not given.
    kind: str = ""

    def __post_init__(self):
        if not self.kind:
            object.__setattr__(self, "kind", kind_of_unit(self.unit))


def kind_of_unit(unit: str) -> str:
    """Kind of number that a unit tells of: counts, ranks and deciles by their names, everything else is a rate."""
    word = unit.strip().lower()
    if word in COUNTED:
        return Indicator.Kind.COUNT.value
    if word in ("rank", "decile", "score"):
        return Indicator.Kind(word).value
    return Indicator.Kind.RATE.value
