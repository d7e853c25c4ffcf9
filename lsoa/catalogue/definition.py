"""What an indicator's definition says."""

from dataclasses import dataclass

from lsoa.models.indicators import Indicator

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
