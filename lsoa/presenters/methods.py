"""What the page about attribution says: every number comes from the validation stored with the derived dataset."""

from dataclasses import dataclass
from functools import cached_property

from lsoa.attribution.validation import REPRODUCED
from lsoa.catalogue.qof import REGISTERS, SUM_NAMES
from lsoa.models import Dataset
from lsoa.written_numbers import decimal, percent

from . import wording

DERIVED = "qof-area-prevalence"
METHODS = {
    "registered_patients": "Counted: registered patients by area",
    "ward_shares": "Published shares by ward, by distance inside wards",
    "modelled_patients": "A modelled file of patients by area",
    "distance_decay": "Modelled by distance from the practice",
    "commissioner": "No place known: spread like other practices of its sub-ICB location, ICB or country",
}
OUTCOME_NAMES = {
    "acute_morbidity_ratio": "Acute morbidity (emergency admissions)",
    "comparative_illness_ratio": "Comparative illness and disability",
    "years_of_potential_life_lost": "Years of potential life lost",
}
NO_DATA = "No data"


@dataclass(frozen=True)
class Row:
    """One row of a table: its heading and its cells, as texts."""

    name: str
    cells: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption; without rows it is not shown."""

    caption: str
    headings: tuple[str, ...]
    rows: list[Row]

    def __bool__(self):
        return bool(self.rows)


def derived_datasets() -> list[Dataset]:
    """The prevalence of every year, newest first; of one year the one in force, else the newest."""
    found: dict[str, Dataset] = {}
    datasets = Dataset.objects.public().filter(publication=DERIVED).exclude(state=Dataset.State.ROLLED_BACK)
    for dataset in sorted(datasets, key=lambda row: (row.state != Dataset.State.CURRENT, -row.loaded_at.timestamp())):
        found.setdefault(dataset.release, dataset)
    return [found[release] for release in sorted(found, reverse=True)]


class MethodPage:
    """How registers reach areas, for one year. `release` is the year asked for; another one gives the newest."""

    def __init__(self, release: str = ""):
        self.datasets = derived_datasets()
        self.dataset = next((row for row in self.datasets if row.release == release), None)
        self.dataset = self.dataset or next(iter(self.datasets), None)
        self.validation: dict = self.dataset.quality.get("validation", {}) if self.dataset else {}

    @property
    def missing(self) -> list[str]:
        return self.validation.get("missing", [])

    @property
    def national(self) -> Table:
        return Table(
            "National prevalence by register",
            ("Register", "England, per cent", "Difference of the total over areas, points"),
            self._national(),
        )

    def _national(self) -> list[Row]:
        return [
            Row(_name(entry), (_number(entry["prevalence"]), _difference(entry["difference"])), entry["register"])
            for entry in self.validation.get("national", [])
        ]

    @property
    def national_sentence(self) -> str:
        """How far the areas' total is from the national prevalence at most."""
        differences = [abs(entry["difference"]) for entry in self.validation.get("national", [])]
        if not differences:
            return ""
        within = sum(difference <= REPRODUCED for difference in differences)
        return (
            f"{within} of {len(differences)} registers are reproduced to {REPRODUCED} percentage points; "
            f"the largest difference is {max(differences):.2g}."
        )

    @property
    def methods(self) -> Table:
        return Table(
            "Practices and patients by method",
            ("Method", "Practices", "Patients", "Share of patients"),
            self._methods(),
        )

    def _methods(self) -> list[Row]:
        return [
            Row(
                METHODS.get(entry["method"], wording.method(entry["method"])),
                (f"{entry['practices']:,}", f"{entry['patients']:,.0f}", _percent(entry["share"])),
            )
            for entry in self.validation.get("methods", [])
        ]

    @property
    def fallbacks(self) -> Table:
        return Table(
            "Distance alone against real counts",
            (
                "Where it is known",
                "Compared",
                "Overlap",
                "Correlation",
                "Same network",
                "Mean difference of prevalence",
            ),
            self._fallbacks(),
        )

    def _fallbacks(self) -> list[Row]:
        """Distance alone against the places of which real shares are known."""
        rows = []
        wards = self.validation.get("wards")
        if wards:
            title = ", ".join(wards["publications"])
            what = f"{wards['holders']:,} practices, {wards['places']:,} wards"
            rows.append(self._fallback(title, what, wards))
        for entry in self.validation.get("networks", []):
            what = f"{entry['networks']:,} networks, {entry['places']:,} areas, {entry['patients']:,.0f} patients"
            rows.append(self._fallback(entry["publication"], what, entry))
        return rows

    def _fallback(self, title, what, entry) -> Row:
        differences = list(entry["differences"].values())
        mean = f"{sum(differences) / len(differences):.2f} points" if differences else NO_DATA
        same = _percent(entry["same_network"]) if "same_network" in entry else "Not asked"
        return Row(title, (what, _percent(entry["overlap"]), _number(entry["correlation"]), same, mean))

    @cached_property
    def authorities(self) -> dict | None:
        """The comparison of the year that is nearest to the published one, from whichever dataset has it."""
        found = [row.quality.get("validation", {}).get("authorities") for row in self.datasets]
        found = [entry for entry in found if entry and entry["registers"]]
        return min(found, key=_years_apart, default=None)

    @property
    def authority_sentence(self) -> str:
        if not self.authorities:
            return ""
        ours, theirs = self.authorities["our_period"], self.authorities["their_period"]
        apart = _years_apart(self.authorities)
        years = "the same year" if not apart else f"{apart} year{'s' if apart > 1 else ''} apart"
        return (
            f"Our figures of {ours} against those of {theirs}: {years}. "
            "Registers grew in between, and so did what practices recorded: a difference is not only an error of ours."
        )

    @property
    def authority_rows(self) -> Table:
        return Table(
            "Local authorities by register",
            (
                "Register",
                "Authorities",
                "Correlation",
                "Mean difference, points",
                "Our mean, per cent",
                "Their mean, per cent",
            ),
            self._authority_rows(),
        )

    def _authority_rows(self) -> list[Row]:
        return [
            Row(
                _name(entry),
                (
                    f"{entry['places']:,}",
                    _number(entry["correlation"]),
                    _number(entry["difference"]),
                    _number(entry["mean_ours"]),
                    _number(entry["mean_theirs"]),
                ),
                "Counted against lists of other ages" if entry["same_list"] is False else "",
            )
            for entry in (self.authorities or {}).get("registers", [])
        ]

    @property
    def authority_bars(self) -> list[dict]:
        """The correlations, for `chart_bars`; the label is the code, since names are in the table beside it."""
        return [
            {"label": entry["register"], "share": max(entry["correlation"], 0.0), "text": f"{entry['correlation']:.2f}"}
            for entry in (self.authorities or {}).get("registers", [])
            if entry["correlation"] is not None
        ]

    @property
    def core20(self) -> Table:
        return Table(
            "Core20 areas below the national median", ("Registers", "Crude", "Standardised for age"), self._core20()
        )

    def _core20(self) -> list[Row]:
        found = self.validation.get("core20")
        if not found:
            return []
        rows = [
            Row(SUM_NAMES[entry["indicator"]], (_percent(entry.get("crude")), _percent(entry.get("standardised"))))
            for entry in found["sums"]
        ]
        return [*rows, Row("All of them", (_percent(found.get("crude")), _percent(found.get("standardised"))))]

    @property
    def outcomes(self) -> Table:
        return Table(
            "Rank correlation with outcomes",
            ("Outcome", "Registers", "Crude", "Standardised for age"),
            self._outcomes(),
        )

    def _outcomes(self) -> list[Row]:
        return [
            Row(
                OUTCOME_NAMES[entry["indicator"]],
                (SUM_NAMES[total["indicator"]], _number(total.get("crude")), _number(total.get("standardised"))),
                f"Indices of {entry['release']}",
            )
            for entry in self.validation.get("outcomes", [])
            for total in entry["sums"]
        ]

    def _ages(self) -> list[str]:
        """Headings of the table of rates: every second band."""
        rates = self.validation.get("rates", [])
        if not rates:
            return []
        years = rates[0]["band_years"]
        bands = range(0, len(rates[0]["rates"]), 2)
        return [f"{band * years} to {band * years + years - 1}" for band in bands]

    @property
    def rates(self) -> Table:
        return Table("Rates by age, per cent", ("Register", *self._ages()), self._rates())

    def _rates(self) -> list[Row]:
        return [
            Row(
                _name(entry),
                tuple(
                    f"{rate:.1f}" if (band + 1) * entry["band_years"] > entry["from_age"] else "–"
                    for band, rate in enumerate(entry["rates"])
                    if band % 2 == 0
                ),
                f"From age {entry['from_age']}" if entry["from_age"] else "",
            )
            for entry in self.validation.get("rates", [])
        ]

    @property
    def errors(self) -> Table:
        return Table(
            "Figures and their standard errors",
            ("Register", "Median area, per cent", "Its standard error, points", "Standard error of its ratio"),
            self._errors(),
        )

    def _errors(self) -> list[Row]:
        return [
            Row(
                _name(entry),
                (_number(entry["prevalence"]), _number(entry["error"]), _whole(entry.get("ratio_error"))),
                entry["register"],
            )
            for entry in self.validation.get("errors", [])
        ]

    @property
    def list_sentence(self) -> str:
        lists = self.validation.get("lists")
        if not lists:
            return ""
        return (
            f"Ages are those of the lists of {lists['release']}, scaled to each practice's list of the year: "
            f"{lists['practices']:,} of {lists['of']:,} practices, {_percent(lists['patients_share'])} of patients. "
            "Practices without such a list expect what the areas that their patients live in expect."
        )


def _name(entry) -> str:
    return REGISTERS.get(entry["register"], entry["register"])


def _years_apart(comparison) -> int:
    return abs(_year(comparison["our_period"]) - _year(comparison["their_period"]))


def _year(period: str) -> int:
    digits = period[:4]
    return int(digits) if digits.isdigit() else 0


def _percent(share) -> str:
    return percent(share, 1, without=NO_DATA)


def _difference(value) -> str:
    return NO_DATA if value is None else f"{abs(value):.4f}"


def _number(value) -> str:
    return decimal(value, 2, without=NO_DATA)


def _whole(value) -> str:
    return NO_DATA if value is None else f"{value:.0f}"
