"""What kind of place an area is."""

from .definition import NEUTRAL, IndicatorDefinition

DEFINITIONS = [
    IndicatorDefinition(
        code="is_rural",
        name="Rural",
        unit="1 if rural",
        polarity=NEUTRAL,
        source="Office for National Statistics, Rural Urban Classification",
        decimals=0,
        minimum=0,
        maximum=1,
        description="1 for areas classed as rural, 0 for urban ones.",
        theme="Place",
        kind="class",
    ),
]
