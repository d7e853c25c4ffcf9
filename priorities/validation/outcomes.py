"""Published outcomes that priorities are held against, and how far each is independent of the model."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lsoa.derivations.reading import read_place_figures
from lsoa.models import Dataset, PlaceFigure

from . import measures
from .subjects import Subjects
from .variants import Reading


class Circularity(StrEnum):
    """Why agreement with an outcome proves less than it seems to."""

    INDICES = "indices"  # counted by the indices of deprivation, whose decile is an input
    INPUT = "input"  # an input of the model itself
    SAME_ANSWERS = "same_answers"  # other answers of the same people to the same census
    NEAR = "near"  # not used, but causes are shared with what the indices count


@dataclass(frozen=True)
class Outcome:
    """`amount`: how the figure becomes an amount of need: times residents (`ratio`), a share of residents (`share`), or
    people already (`count`)."""

    code: str
    circularity: Circularity
    amount: str = "ratio"


# Higher is worse in all of them. All but the last three are indicators of the indices' health domain.
OUTCOMES = (
    Outcome("acute_morbidity_ratio", Circularity.INDICES),
    Outcome("comparative_illness_ratio", Circularity.INDICES),
    Outcome("years_of_potential_life_lost", Circularity.INDICES),
    Outcome("disabled_lot_share", Circularity.SAME_ANSWERS, "share"),
    Outcome("bad_health_share", Circularity.INPUT, "share"),
    Outcome("income_deprived_older_people", Circularity.INDICES, "count"),
)
# Rates that can be compared between areas; a number of people cannot.
RATES = tuple(outcome for outcome in OUTCOMES if outcome.amount != "count")
NEIGHBOURHOODS = "local-health-msoa"
# Standardised mortality and admission ratios.
RATIOS = ("-smr", "-sar")


def circularity(outcome: Outcome, indicators) -> Circularity:
    """An outcome that the model at hand reads is an input, whatever else it is."""
    return Circularity.INPUT if outcome.code in indicators else outcome.circularity


def amount_of_need(outcome: Outcome, subjects: Subjects) -> NDArray[np.float64]:
    """Need per area that can be added up over areas."""
    figures = subjects.figures(outcome.code)
    match outcome.amount:
        case "count":
            return figures
        case "share":
            return figures / 100 * subjects.residents
        case _:
            return figures * subjects.residents


def neighbourhoods(subjects: Subjects, readings: dict[str, Reading]) -> list[dict]:
    """Rank correlation of neighbourhoods' (MSOA) mean position, weighted by residents, with published mortality and
    admission ratios that neither the model nor the indices use. Neighbourhoods of all areas that are known count."""
    dataset = Dataset.objects.in_force().filter(publication=NEIGHBOURHOODS).first()
    if dataset is None:
        return []
    table = read_place_figures(dataset, "msoa")
    table = table[table["indicator"].str.endswith(RATIOS) & table["value"].notna()]
    codes = sorted(set(table["place_code"]) & (set(subjects.msoa) - {""}))
    if not codes:
        return []
    names = dict(PlaceFigure.objects.filter(dataset=dataset).values_list("indicator", "name"))
    place = {code: row for row, code in enumerate(codes)}
    rows = np.array([place.get(code, -1) for code in subjects.msoa])
    by_reading = {key: _mean(reading.score, rows, subjects.residents, len(codes)) for key, reading in readings.items()}
    deprivation = _mean(subjects.deprivation, rows, subjects.residents, len(codes))
    found = []
    for indicator, own in table.groupby("indicator"):
        own = own[own["place_code"].isin(place)]
        value = np.full(len(codes), np.nan)
        value[[place[code] for code in own["place_code"]]] = own["value"].to_numpy(dtype=float)
        ranked = {key: measures.rank_correlation(mean, value) for key, mean in by_reading.items()}
        found.append({
            "indicator": indicator, "name": names[indicator], "period": str(own["period"].iloc[0]),
            "places": int((~np.isnan(value)).sum()), "circularity": Circularity.NEAR,
            "ranks": {key: one.value for key, one in ranked.items()},
            "deprivation": measures.rank_correlation(deprivation, value).value, "datasets": [str(dataset.pk)],
        })  # fmt: skip
    return found


def _mean(figures: NDArray, rows: NDArray, residents: NDArray, size: int) -> NDArray[np.float64]:
    """Mean by place, weighted by residents; NaN where one of its areas is not known."""
    used = rows >= 0
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.bincount(rows[used], weights=(figures * residents)[used], minlength=size)
        return total / np.bincount(rows[used], weights=residents[used], minlength=size)
