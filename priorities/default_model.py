"""The default model: where its inputs come from, and where their classes begin.

Thresholds were checked on England's 33,755 areas (Census 2021, QOF 2024-25, IoD 2025). Fixed bounds describe a level
of need; percentile bounds are computed from the loaded data, because the level depends on the release and on how
practice figures were spread over areas. Registers are read in their age-standardised form: crude ones call young
deprived areas healthy. Why, and how England splits: docs/adr/0018-the-default-model-reads-registers-standardised.md.
"""

from dataclasses import dataclass
from pathlib import Path

NAME = "LSOA visit priority"
FILE = Path(__file__).parent / "data" / "default-model.dxi"
# Percentile bounds are soft over this many percentile points on either side.
SOFT_POINTS = 5


@dataclass(frozen=True)
class InputSpecification:
    """`bounds` fixed, or None: then P50 and P80 of the loaded data. `reference`: those of England, used when only
    a part of England is loaded, because a part has no national percentiles."""

    indicator: str
    bounds: tuple[float, ...] | None
    half_widths: tuple[float, ...] = ()
    descending: bool = False
    percentiles: tuple[float, ...] = (50, 80)
    fixed_half_width: float | None = None
    reference: tuple[float, ...] | None = None
    goes_up: tuple[bool, ...] = ()


INPUTS = {
    "CARDIOMETABOLIC": InputSpecification("qof_cardiometabolic_standardised", None, reference=(28.02, 31.86)),
    "RESPIRATORY": InputSpecification("qof_respiratory_standardised", None, reference=(8.45, 9.76)),
    "MENTAL_COGNITIVE": InputSpecification("qof_mental_cognitive_standardised", None, reference=(15.90, 19.40)),
    "AGE75": InputSpecification("age75_share", (8.0, 12.5), (1.0, 1.0)),
    "BAD_HEALTH": InputSpecification("bad_health_share", (5.0, 7.0), (0.5, 0.5)),
    # Exact bands: Core20 is a definition, so nothing about it is soft. Decile 1 is the most deprived.
    "DEPRIVATION": InputSpecification("imd_decile", (3, 5, 8), (0, 0, 0), descending=True),
    "LIVES_ALONE66": InputSpecification("lives_alone66_share", (12.5, 16.5), (1.0, 1.0)),
    "UNPAID_CARE": InputSpecification("unpaid_care_50h_share", (2.6, 3.5), (0.2, 0.2)),
    "ETHNIC_MINORITY": InputSpecification("ethnic_minority_share", (10.0, 30.0), (3.0, 3.0)),
    "LOW_ENGLISH": InputSpecification("low_english_share", (0.7, 2.6), (0.3, 0.3)),
    "NO_CAR": InputSpecification("no_car_share", (19.0, 35.0), (2.0, 2.0)),
    # Estimated from the straight line to the nearest practice that holds registers, and labelled as that.
    "GP_TRAVEL": InputSpecification("gp_travel_minutes", None, fixed_half_width=1.5),
}
