"""What the map can show: for every theme a class per area, with colours, words and the ranges behind them."""

from dataclasses import dataclass

import numpy as np
from django.db.models import F, Max

from accounts.small_numbers import RULE
from lsoa.models import Area, Indicator
from lsoa.statistics import national_distribution
from priorities.models import PriorityClass, PriorityScore, ScoreRun
from priorities.wording import ATTRIBUTE_LABELS

from .figure_columns import figures_of

NO_DATA, FILTERED_OUT = 255, 254
# ColorBrewer YlGnBu: lightness in order, told apart in protan, deutan and tritan vision. More need is darker.
FOUR = ("#ffffcc", "#a1dab4", "#41b6c4", "#253494")
FIVE = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
# PuOr for what has a middle.
CHANGE = ("#998ec3", "#f7f7f7", "#e66101")
QUINTILES = (20, 40, 60, 80)
# Visits planned, by weeks; values and reasons: visit_theme.
VISIT_TITLES = {"visits": "Visits planned in four weeks", "visits-week": "Visits planned this week"}
VISIT_LABELS = (
    "None planned",
    f"1 to {RULE.most_hidden}, or not shown",
    "About 10",
    "About 15 to 25",
    "About 30 or more",
)


@dataclass(frozen=True)
class Theme:
    """A theme without its values. `key` stands in the address."""

    key: str
    title: str
    palette: tuple[str, ...]
    labels: tuple[str, ...]
    kind: str
    # Inner bounds between the classes of an indicator, or the number of an attribute.
    bounds: tuple[float, ...] = ()
    attribute: int = -1
    is_reversed: bool = False


# Heading and its rows; or heading and its pairs of key and title, as a select takes its groups.
Groups = list[tuple[str, list]]
PRIORITY = Theme("priority", "Priority of the area", FOUR, tuple(PriorityClass.labels), "priority")


def choices(
    indicators: list[tuple[str, list]], *, with_visits: bool = False
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every theme that can be shown at present: (heading, [(key, title)]).

    `indicators`: the public ones by theme; `with_visits`: for people who may see visit plans.
    """
    components = [(key, ATTRIBUTE_LABELS.get(key.upper(), key)) for key in _components()]
    priorities = [("priority", "Priority"), *components, ("change", "Change since the last run")]
    figures = [(heading, [(row.code, row.name) for row in rows]) for heading, rows in indicators]
    visits = [("Visits", list(VISIT_TITLES.items()))] if with_visits else []
    return [("Priority", priorities), *visits, *figures]


def theme(key: str) -> Theme:
    """The theme of a key; priority where the key is unknown."""
    if key == "priority":
        return PRIORITY
    if key == "change":
        labels = ("Less urgent than before", "As before", "More urgent than before")
        return Theme("change", "Change since the last run", CHANGE, labels, "change")
    if key in VISIT_TITLES:
        return Theme(key, VISIT_TITLES[key], FIVE, VISIT_LABELS, "visits")
    components = _components()
    if key in components:
        number, names = components[key]
        labels = tuple(name.replace("_", " ").capitalize() for name in names)
        return Theme(
            key, ATTRIBUTE_LABELS.get(key.upper(), key), FOUR[: len(names)] if len(names) < 5 else FIVE, labels,
            "component", attribute=number,
        )  # fmt: skip
    found = Indicator.objects.public().filter(code=key).first()
    if found is not None:
        return _indicator_theme(found)
    return PRIORITY


def _components() -> dict[str, tuple[int, tuple[str, ...]]]:
    """Attributes directly below the root of the model in use: key -> (number, names of its classes)."""
    run = ScoreRun.objects.latest_finished()
    if run is None:
        return {}
    model = run.model_version.compiled.model
    return {
        model.attributes[i].name.lower(): (i, tuple(c.name for c in model.attributes[i].scale.classes))
        for i in model.attributes[0].children
    }


def _indicator_theme(row: Indicator) -> Theme:
    distribution = national_distribution([row.code]).get(row.code)
    if distribution is None:
        return Theme(row.code, row.name, FIVE, (), "indicator")
    # Equal bounds (many areas share a value) would name empty classes.
    # Deciles are their own distribution, so fifths are pairs of them.
    is_decile = row.unit == "decile"
    percentiles = (2, 4, 6, 8) if is_decile else (distribution.percentile(p) for p in QUINTILES)
    bounds = tuple(sorted({round(bound, row.decimals) for bound in percentiles}))
    reverse = row.polarity == Indicator.Polarity.LOW_IS_NEED
    labels = ("1 and 2", "3 and 4", "5 and 6", "7 and 8", "9 and 10") if is_decile else _range_labels(bounds, row)
    # Darker is more need, whichever way the figure runs.
    labels = labels[::-1] if reverse else labels
    return Theme(row.code, row.name, FIVE[: len(labels)], labels, "indicator", bounds=bounds, is_reversed=reverse)


def _range_labels(bounds, row) -> tuple[str, ...]:
    unit = "" if row.unit in ("decile", "rank", "score") else "%" if row.unit == "%" else f" {row.unit}"
    texts = [f"{bound:,.{row.decimals}f}" for bound in bounds]
    middle = [f"Over {low} to {high}{unit}" for low, high in zip(texts, texts[1:], strict=False)]
    return (f"Up to {texts[0]}{unit}", *middle, f"Over {texts[-1]}{unit}")


def classes(shown: Theme) -> np.ndarray:
    """uint8 by area index (all areas of 2021): class of the theme, NO_DATA where there is none."""
    size = (Area.objects.current().aggregate(last=Max("index"))["last"] or -1) + 1
    result = np.full(size, NO_DATA, dtype=np.uint8)
    pairs = _values(shown)
    if pairs:
        index, value = np.array(pairs, dtype=np.float64).T
        known = ~np.isnan(value)
        result[index[known].astype(np.int64)] = _classified(shown, value[known])
    return result


def _values(shown: Theme) -> list[tuple[int, float | None]]:
    scores = PriorityScore.objects.current().order_by()
    if shown.kind == "priority":
        return list(scores.values_list("area__index", "priority"))
    if shown.kind == "change":
        scores = scores.filter(previous_priority__isnull=False)
        return list(scores.values_list("area__index", F("priority") - F("previous_priority")))
    if shown.kind == "component":
        rows = scores.values_list("area__index", "node_classes")
        return [(i, nodes[shown.attribute]) for i, nodes in rows if len(nodes) > shown.attribute]
    areas = list(Area.objects.current().order_by().values_list("pk", "index"))
    figures = figures_of([pk for pk, _ in areas], (shown.key,))[:, 0].tolist()
    return [(index, figure) for (_, index), figure in zip(areas, figures, strict=True)]


def _classified(shown: Theme, value: np.ndarray) -> np.ndarray:
    if shown.kind == "change":
        return np.sign(value) + 1
    if shown.kind != "indicator":
        return value
    place = np.searchsorted(shown.bounds, value, side="left")
    return len(shown.bounds) - place if shown.is_reversed else place
