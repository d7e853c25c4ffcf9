"""What the page about priorities says: every number comes from a stored report, with the datasets behind it."""

from functools import cached_property

from django.urls import reverse
from django.utils.text import capfirst

from lsoa.catalogue import CATALOGUE
from lsoa.profiles import datasets_behind
from priorities.models import ValidationReport
from priorities.wording import ATTRIBUTE_LABELS

from .charts import READINGS, Charts
from .outcomes import Circularity
from .report import LARGEST, SHAPE, URGENT_FROM, URGENT_TO
from .tables import NO_FIGURE, Row, Table, count, number, percent, shares, sources

CIRCULARITY = {
    Circularity.INDICES: "Partly circular: counted by the indices of deprivation, whose decile is an input",
    Circularity.INPUT: "Circular: an input of the model",
    Circularity.SAME_ANSWERS: "Not an input, but the same people answered the same census",
    Circularity.NEAR: "Used neither by the model nor by the indices of deprivation",
}
TABLES_FROM = {
    "deviation": "Rules move with the weights; what their authors decided beside the weights stays",
    "completion": "Rules are made again from the weights alone",
}
REPORTS_LISTED = 8
LONGEST_LABEL = 26


class ValidationPage:
    """One stored report in words and tables. `report` is its id; without one, or an unknown one, the newest.

    `need` is the code of the outcome whose concentration curve is drawn; by default the first.
    """

    def __init__(self, report: str = "", need: str = ""):
        self.reports = list(
            ValidationReport.objects.of_national_models()
            .of_shape(SHAPE)
            .with_version()
            .newest_first()
            .defer("result", "datasets", "inputs")[:REPORTS_LISTED]
        )
        chosen = next((row for row in self.reports if str(row.pk) == report), None) or self._newest_published()
        self.report = chosen and ValidationReport.objects.with_version().get(pk=chosen.pk)
        self.result: dict = self.report.result if self.report else {}
        self._need = need

    def _newest_published(self) -> ValidationReport | None:
        """What is in force comes first; a draft's report only where there is no other."""
        published = (row for row in self.reports if row.model_version.state == row.model_version.State.PUBLISHED)
        return next(published, None) or next(iter(self.reports), None)

    @cached_property
    def has_newer_data(self) -> bool:
        """Whether other datasets feed the model's inputs now than when the report was made."""
        return datasets_behind(list(self.report.inputs)) != self.report.inputs

    # Words and links

    @cached_property
    def labels(self) -> list[str]:
        return [capfirst(label) for label in self.result["labels"]]

    @property
    def keys(self) -> list[str]:
        return [entry["key"] for entry in self.result["readings"]]

    def _name(self, code: str) -> str:
        known = CATALOGUE.get(code)
        return self.result["names"].get(code) or (known.name if known else code)

    def _sources(self, *entries: dict) -> list:
        return sources({pk for entry in entries for pk in entry["datasets"]}, self.result["datasets"])

    def _all_sources(self, *entries: dict) -> list:
        """Datasets of what priorities are held against, and of the priorities; none where nothing was compared."""
        return self._sources(*entries, *self.result["readings"]) if entries else []

    def _first_source(self, entry: dict) -> str:
        found = self._sources(entry)
        return found[0].href if len(found) == 1 else ""

    def _by_reading(self, texts: str) -> tuple[str, ...]:
        return tuple(f"{texts}: {READINGS[key].lower()}" for key in self.keys)

    @property
    def root(self) -> str:
        return self.result["branches"][0]["name"]

    @property
    def has_both(self) -> bool:
        return self.result["between"] is not None

    # The split

    @property
    def split_sentence(self) -> str:
        own = self.result["readings"][0]
        largest = max(range(len(own["shares"])), key=own["shares"].__getitem__)
        verdict = "This holds." if own["is_useful"] else "This does not hold: the bounds of the inputs need a look."
        return (
            f"{self.labels[-1]}: {percent(own['shares'][-1])} of areas; the largest class is {self.labels[largest]} "
            f"with {percent(own['shares'][largest])}. A useful split has {100 * URGENT_FROM:.0f} to "
            f"{100 * URGENT_TO:.0f}% in the most urgent class and none above {100 * LARGEST:.0f}%. {verdict}"
        )

    @property
    def split(self) -> Table:
        rows = [
            Row(
                READINGS[entry["key"]],
                tuple(
                    f"{percent(share)} ({n:,})" for share, n in zip(entry["shares"], entry["counts"], strict=True)
                ),
                "In force" if entry["key"] == self.result["own"] else "For comparison",
            )
            for entry in self.result["readings"]
        ]  # fmt: skip
        return Table("Areas by class", ("Registers", *self.labels), rows, self._sources(*self.result["readings"]))

    @property
    def core20(self) -> Table:
        """Core20 areas that a branch of the model puts in its lowest class."""
        readings = self.result["readings"]
        rows = [
            Row(label(branch["name"]), tuple(percent(entry["core20_lowest"][branch["name"]]) for entry in readings))
            for branch in self.result["branches"]
        ] if readings[0]["core20"] else []  # fmt: skip
        headings = ("Part of the model", *(READINGS[key] for key in self.keys))
        return Table("Core20 areas in the lowest class", headings, rows, self._sources(*readings))

    @property
    def between_sentence(self) -> str:
        found = self.result["between"]
        return (
            f"{percent(found['same'])} of areas have the same class either way and {percent(found['near'])} differ by "
            f"one class at most; standardising raises {percent(found['rose'])} and lowers {percent(found['fell'])}. "
            f"Kappa with quadratic weights is {number(found['kappa'])}."
        )

    @property
    def moves(self) -> Table:
        found = self.result["between"]
        rows = [
            Row(f"{name}, crude", tuple(count(n) for n in row))
            for name, row in zip(self.labels, found["moves"], strict=True)
        ]
        headings = ("Class", *(f"{name}, standardised" for name in self.labels))
        return Table("Areas by class with crude and with standardised registers", headings, rows, self._sources(found))

    # Outcomes

    @property
    def outcomes(self) -> Table:
        rows = []
        clinical = self.result["branches"][1]["name"] if len(self.result["branches"]) > 1 else self.root
        for entry in self.result["outcomes"]:
            cells = [number(entry["ranks"][key][self.root]) for key in self.keys]
            cells += [number(entry["ranks"][key][clinical]) for key in self.keys]
            rows.append(
                Row(
                    self._name(entry["indicator"]),
                    (*cells, number(entry["deprivation"])),
                    CIRCULARITY[entry["circularity"]],
                    self._first_source(entry),
                )
            )
        headings = (
            "Outcome",
            *self._by_reading("Priority"),
            *self._by_reading(label(clinical)),
            READINGS["deprivation"],
        )
        return Table("Rank correlation with outcomes", headings, rows, self._all_sources(*self.result["outcomes"]))

    @property
    def worst(self) -> Table:
        rows = []
        for entry in self.result["outcomes"]:
            for key in self.keys:
                found = entry["classes"][key]
                rows.append(
                    Row(
                        self._name(entry["indicator"]),
                        tuple(percent(share) for share in found["worst_fifth"]),
                        READINGS[key],
                        self._first_source(entry),
                    )
                )
        return Table(
            "Share of each class among the worst fifth of England", ("Outcome", *self.labels), rows,
            self._all_sources(*self.result["outcomes"]),
        )  # fmt: skip

    @property
    def neighbourhoods(self) -> Table:
        entries = self.result["neighbourhoods"]
        rows = [
            Row(
                entry["name"],
                (
                    count(entry["places"]),
                    *(number(entry["ranks"][key]) for key in self.keys),
                    number(entry["deprivation"]),
                ),
                entry["period"],
                self._first_source(entry),
            )
            for entry in entries
        ]
        headings = ("Outcome", "Neighbourhoods", *(READINGS[key] for key in self.keys), READINGS["deprivation"])
        return Table("Rank correlation over neighbourhoods (MSOA)", headings, rows, self._all_sources(*entries))

    @property
    def deprivation(self) -> Table:
        found = self.result["deprivation"]
        rows = [
            Row(label(branch["name"]), tuple(number(found["ranks"][key][branch["name"]]) for key in self.keys))
            for branch in self.result["branches"]
        ] if found else []  # fmt: skip
        headings = ("Part of the model", *(READINGS[key] for key in self.keys))
        return Table("Rank correlation with deprivation", headings, rows, self._all_sources(found) if found else [])

    # Need

    @property
    def needs(self) -> Table:
        entries = self.result["concentration"]
        orders = (*self.keys, "deprivation", "need")
        rows = [
            Row(
                self._name(entry["indicator"]),
                (
                    count(entry["orders"][self.result["own"]]["areas"]),
                    *(_top(entry["orders"].get(key)) for key in orders),
                ),
                CIRCULARITY[entry["circularity"]],
            )
            for entry in entries
        ]
        headings = ("Need", "Areas", *(READINGS[key] for key in orders))
        return Table(
            "Share of all need in the first tenth of residents (concentration index)", headings, rows,
            self._all_sources(*entries),
        )  # fmt: skip

    # What holds

    @property
    def releases(self) -> Table:
        rows = []
        for entry in self.result["releases"]:
            for kind, note in (("kept", "Bounds of today"), ("recomputed", "Bounds computed from that release")):
                found = entry.get(kind)
                if found and found["areas"]:
                    cells = (
                        count(found["areas"]), percent(found["same"]), percent(found["near"]), number(found["kappa"]),
                        percent(found["urgent_kept"]), number(found["rank"]), percent(found["tenth_kept"]),
                    )  # fmt: skip
                    rows.append(Row(entry["title"], cells, note))
        headings = (
            "Earlier release instead of the one in force", "Areas compared", "Same class", "One class apart at most",
            "Kappa", f"{self.labels[-1]} then and now", "Rank correlation", "First tenth then and now",
        )  # fmt: skip
        return Table("Classes and ranking with earlier releases", headings, rows,
                     self._all_sources(*self.result["releases"]))  # fmt: skip

    @property
    def weights(self) -> Table:
        rows = []
        for entry in self.result["weights"]:
            note = TABLES_FROM[entry["tables"]]
            name = f"± {100 * entry['deviation']:.0f}%" if entry["deviation"] else "Weights unchanged"
            cells = (str(entry["draws"]), _range(entry["correlation"], number), _range(entry["tenth_kept"], percent))
            rows.append(Row(name, cells, note))
        headings = ("Weights move by about", "Draws", "Rank correlation", "First tenth of areas kept")
        return Table("Ranking when weights are drawn at random: median (middle 90% of draws)", headings, rows,
                     self._sources(self.result["readings"][0]))  # fmt: skip

    @property
    def hold_sentence(self) -> str:
        found = self.result["hold"]
        return (
            f"When weights move by about {100 * found['weights']:.0f}% and all bounds move within their soft zones, an "
            f"area keeps its class in {percent(found['mean'])} of {found['draws']} draws on average; "
            f"{percent(found['always'])} of areas keep it in every draw."
        )

    @property
    def hold(self) -> Table:
        rows = [
            Row(name, (count(entry["areas"]), percent(entry["mean"])))
            for name, entry in zip(self.labels, self.result["hold"]["by_class"], strict=True)
        ]
        return Table("Draws in which areas keep their class", ("Class", "Areas", "Draws that keep it, on average"),
                     rows, self._sources(self.result["readings"][0]))  # fmt: skip

    # Groups and inputs

    @property
    def groups(self) -> list[tuple[Table, list[dict], str]]:
        """Each grouping as a table, its most urgent class as bars (none where names are long), and their title."""
        return [self._group(entry) for entry in self.result["splits"]]

    def _bars_title(self, title: str) -> str:
        return f"{self.labels[-1]} areas by {title}, {READINGS[self.result['own']].lower()}"

    def _group(self, entry: dict) -> tuple[Table, list[dict], str]:
        own, others = self.result["own"], [key for key in self.keys if key != self.result["own"]]
        rows, bars = [], []
        for place, name in enumerate(entry["names"]):
            found = shares(entry["counts"][own][place])
            compared = [shares(entry["counts"][key][place])[-1] for key in others]
            total = count(sum(entry["counts"][own][place]))
            rows.append(Row(name, (total, *(percent(share) for share in found), *(percent(one) for one in compared))))
            bars.append({"label": name, "share": found[-1], "text": percent(found[-1])})
        # Names must fit beside their bars; the table has them in full.
        bars = bars if max(map(len, entry["names"])) <= LONGEST_LABEL else []
        headings = (entry["title"], "Areas", *self.labels, *(f"{self.labels[-1]}: {READINGS[key].lower()}"
                                                             for key in others))  # fmt: skip
        title = _inside(entry["title"])
        return Table(f"Classes by {title}", headings, rows, self._all_sources(entry)), bars, self._bars_title(title)

    @property
    def inputs(self) -> Table:
        rows = []
        for entry in self.result["inputs"]:
            bounds = " and ".join(f"{bound:g}" for bound in entry["bounds"] or ()) or NO_FIGURE
            if entry["bounds"] and len(entry["bounds"]) > 2:
                *first, last = (f"{bound:g}" for bound in entry["bounds"])
                bounds = f"{', '.join(first)} and {last}"
            found = sources({*entry["datasets"], *entry["computed_from"]}, self.result["datasets"])
            cells = (bounds, entry["method"] or NO_FIGURE, count(entry["known"]), "; ".join(one.title for one in found))
            href = reverse("indicator", args=[entry["indicator"]]) if entry["indicator"] in self.result["names"] else ""
            rows.append(Row(label(entry["attribute"]), cells, self._name(entry["indicator"]), href))
        headings = ("Input", "Classes begin at", "How the bounds were found", "Areas with a figure", "Dataset")
        return Table("Inputs with their bounds", headings, rows, self._sources(*self.result["inputs"]))

    @property
    def missing(self) -> list[str]:
        words = {
            "neighbourhoods": "Mortality and admission ratios of neighbourhoods (Local Health)",
            "releases": "An earlier release of any publication that the model reads",
            "crude registers": "Crude prevalences of the registers",
        }
        return [words.get(code) or self._name(code) for code in self.result["missing"]]

    @cached_property
    def charts(self) -> Charts:
        return Charts(self.result, self._need, f"{reverse('methods-priorities')}?report={self.report.pk}")


def label(attribute: str) -> str:
    """What people call an attribute."""
    return str(ATTRIBUTE_LABELS.get(attribute, capfirst(attribute.replace("_", " ").lower())))


def _inside(title: str) -> str:
    """A title as it stands inside a sentence; abbreviations keep their capitals."""
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def _top(curve: dict | None) -> str:
    return NO_FIGURE if curve is None else f"{percent(curve['top'])} ({number(curve['index'])})"


def _range(found: dict | None, words) -> str:
    if found is None:
        return NO_FIGURE
    if found["low"] == found["high"]:
        return words(found["median"])
    return f"{words(found['median'])} ({words(found['low'])} to {words(found['high'])})"
