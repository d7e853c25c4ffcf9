"""Shapes of the charts on the page about validation, for the tags of `her_charts`. Each repeats figures of a table."""

from functools import cached_property

from django.utils.text import capfirst

from .tables import number, percent

READINGS = {
    "standardised": "Standardised for age",
    "crude": "Crude registers",
    "published": "The model",
    "deprivation": "Deprivation alone",
    "need": "The need itself",
}
WEIGHTS = {"deviation": "Rules move with weights", "completion": "Rules made from weights alone"}
SHARES = [(0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1, "100%")]


class Charts:
    """Charts of one report. `need`: code of the outcome whose curve is drawn, by default the first; `address`: the page
    with this report, to which links to other curves add their code."""

    def __init__(self, result: dict, need: str, address: str):
        self._result, self._wanted, self._address = result, need, address
        self._labels = [capfirst(label) for label in result["labels"]]

    @property
    def strips(self) -> list[tuple[str, list[tuple]]]:
        """Name and strip of classes of each reading."""
        return [
            (
                READINGS[entry["key"]],
                [
                    (label, n, f"her-chart__class-{place}")
                    for place, (label, n) in enumerate(zip(self._labels, entry["counts"], strict=True))
                ],
            )
            for entry in self._result["readings"]
        ]

    @property
    def classes(self) -> list[tuple[int, str]]:
        """Place and name of each class, as a key to the strips."""
        return list(enumerate(self._labels))

    @cached_property
    def _need(self) -> dict | None:
        entries = self._result["concentration"]
        chosen = next((entry for entry in entries if entry["indicator"] == self._wanted), None)
        return chosen or next(iter(entries), None)

    @property
    def need_name(self) -> str:
        return self._name(self._need["indicator"])

    def _name(self, code: str) -> str:
        return self._result["names"].get(code, code)

    @property
    def need_choices(self) -> list[dict]:
        """Links to the curves of the other needs."""
        return [
            {
                "name": self._name(entry["indicator"]),
                "is_current": entry is self._need,
                "href": f"{self._address}&need={entry['indicator']}#need-title",
            }
            for entry in self._result["concentration"]
        ]

    @property
    def need(self) -> dict | None:
        """The concentration curve: shares of residents and of need, areas taken from the most urgent on."""
        if self._need is None:
            return None
        # Stored objects have no order of their own.
        orders = {key: self._need["orders"][key] for key in READINGS if key in self._need["orders"]}
        series = [{"label": "No order at all", "points": [(0, 0), (1, 1)], "style": -1}]
        for style, (key, curve) in enumerate(orders.items()):
            steps = len(curve["curve"]) - 1
            points = [(place / steps, share) for place, share in enumerate(curve["curve"])]
            series.append({"label": READINGS[key], "points": points, "style": style})
        description = "In the first tenth of residents: " + "; ".join(
            f"{READINGS[key].lower()} {percent(curve['top'])} of the need" for key, curve in orders.items()
        )
        return {
            "series": series,
            "x": {"title": "Residents, most urgent areas first", "low": 0, "high": 1, "ticks": SHARES},
            "y": {"title": "Share of need", "low": 0, "high": 1, "ticks": SHARES},
            "title": f"Share of need gathered: {self.need_name}",
            "description": description,
        }

    @property
    def weights(self) -> dict | None:
        """Rank correlation with the published order by how far weights move, with the middle nine tenths of draws."""
        series, said, lowest = [], [], 1.0
        for style, (tables, name) in enumerate(WEIGHTS.items()):
            entries = [
                entry for entry in self._result["weights"] if entry["tables"] == tables and entry["correlation"]
            ]  # fmt: skip
            if not entries:
                continue
            found = [(entry["deviation"], entry["correlation"]) for entry in entries]
            lowest = min(lowest, *(one["low"] for _, one in found))
            series.append(
                {
                    "label": name,
                    "style": style,
                    "points": [(deviation, one["median"]) for deviation, one in found],
                    "band": [(deviation, one["low"], one["high"]) for deviation, one in found],
                }
            )
            deviation, last = found[-1]
            said.append(f"{name}, at {100 * deviation:.0f}%: {number(last['median'])}")
        if not series:
            return None
        # Whole tenths, so that the axis begins at a round number.
        low = max(0, int(lowest * 10)) / 10
        steps = round((1 - low) * 10)
        return {
            "series": series,
            "x": {
                "title": "Weights move by about", "low": 0, "high": 0.5,
                "ticks": [(share / 10, f"{10 * share}%") for share in range(6)],
            },
            "y": {
                "title": "Rank correlation", "low": low, "high": 1,
                "ticks": [(low + step / 10, f"{low + step / 10:.1f}") for step in range(steps + 1)],
            },
            "title": "Rank correlation with the published ranking when weights are drawn at random",
            "description": "Medians. " + "; ".join(said),
        }  # fmt: skip
