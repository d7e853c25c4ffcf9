"""Which inputs of a model the flag of unmet need looks at, and the flag for all areas at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.unmet_need import unmet_need_of_areas
from priorities.model_versions import CompiledVersion

DEPRIVATION, BAD_HEALTH = "DEPRIVATION", "BAD_HEALTH"
DIAGNOSED = ("CARDIOMETABOLIC", "RESPIRATORY", "MENTAL_COGNITIVE")
# The limits of the flag are deciles of deprivation and a share of residents; other indicators would mean other things.
DECILE = "imd_decile"


@dataclass(frozen=True)
class UnmetNeedInputs:
    """Columns among the model's inputs, and the figure below which a group of diagnoses counts as low."""

    deprivation: int
    bad_health: int
    diagnosed: tuple[int, ...]
    low_below: tuple[float, ...]

    @classmethod
    def of(cls, version: CompiledVersion) -> "UnmetNeedInputs | None":
        """None where the model lacks an input that the flag needs, reads deprivation otherwise, or has no bounds."""
        columns = {version.model.attributes[index].name: column for column, index in enumerate(version.model.inputs)}
        if not {DEPRIVATION, BAD_HEALTH, *DIAGNOSED} <= columns.keys():
            return None
        limits = [version.thresholds[columns[name]] for name in DIAGNOSED]
        if version.indicators[columns[DEPRIVATION]] != DECILE or None in limits:
            return None
        return cls(
            deprivation=columns[DEPRIVATION],
            bad_health=columns[BAD_HEALTH],
            diagnosed=tuple(columns[name] for name in DIAGNOSED),
            low_below=tuple(limit.bounds[0] for limit in limits),
        )


def flags_of_areas(version: CompiledVersion, figures: NDArray[np.float64]) -> np.ma.MaskedArray:
    """Return whether each area is deprived, in bad health and little diagnosed; masked where that cannot be told.

    ``figures``: (areas, inputs), NaN for missing. Masked everywhere for a model without these inputs.
    """
    inputs = UnmetNeedInputs.of(version)
    if inputs is None:
        return np.ma.masked_all(len(figures), dtype=bool)
    found = unmet_need_of_areas(
        figures[:, inputs.deprivation],
        figures[:, inputs.bad_health],
        figures[:, list(inputs.diagnosed)],
        inputs.low_below,
    )
    return np.ma.array(found == 1, mask=found < 0)
