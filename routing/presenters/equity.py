"""The equity of a period in words, charts and tables."""

from functools import cached_property
from urllib.parse import urlencode

from accounts.small_numbers import RULE
from accounts.small_numbers.words import about, small_number_words
from lsoa.written_numbers import decimal, percent, signed
from routing.equity_reading import NEED_WEIGHTS, PeriodEquity, PeriodKind
from routing.equity_reading.published import SafeCoverage

from .wording import counted

FIFTHS = {1: "1 most deprived", 2: "2", 3: "3", 4: "4", 5: "5 least deprived"}
STATUS = {
    "green": ("", "Green: Core20 homes are served at least as well as others."),
    "amber": (
        "her-verdict--warning",
        "Amber: Core20 homes are served slightly less well than others (0.95 to 1).",
    ),
    "red": ("her-verdict--bad", "Red: Core20 homes are served less well than others (ratio below 0.95)."),
    "unknown": (
        "her-verdict--warning",
        "Core20 is not compared with others here: too few visits, or too few of them left out, to tell.",
    ),
}
KPI_CSS = {"green": "her-kpi--good", "amber": "her-kpi--warning", "red": "her-kpi--bad"}
HIDDEN = "not shown"
PLANS_TO_LOOK_AT = 7
COVERAGE_COLUMNS = ["Visits", "Planned", "Need met", "95% interval"]


def inequity_sentence(index: float, name: str) -> str:
    """Who gets more visits for the same need, by the horizontal inequity. Whether the need is met it does not say.

    `name`: what the index is called there.
    """
    if abs(index) < 0.01:
        return "Service follows need: for the same need, neither the more nor the less deprived get more visits."
    who = "more" if index < 0 else "less"
    return f"For the same need, the {who} deprived get more visits ({name} {signed(index, 2)})."


class EquityPage:
    """What `equity.html` and the file show."""

    def __init__(self, equity: PeriodEquity):
        self.equity, self.period = equity, equity.period
        self.planned, self.done = equity.planned, equity.done

    @property
    def period_text(self) -> str:
        first, last = self.period.first_day, self.period.last_day
        if self.period.kind == PeriodKind.PLAN:
            return f"{self.period.plan.name}: {first:%A %-d %B %Y}"
        length = "Four weeks" if self.period.kind == PeriodKind.FOUR_WEEKS else "Week"
        return f"{length} from {first:%-d %B %Y} to {last:%-d %B %Y}"

    @property
    def query(self) -> str:
        """The question as a query string, for links."""
        asked = {"team": self.period.team.pk, "period": self.period.kind.value}
        if self.period.plan is not None:
            return urlencode(asked | {"plan": self.period.plan.pk})
        return urlencode(asked | {"day": self.period.last_day})

    @property
    def verdict(self) -> dict:
        css, text = STATUS[self.planned.status]
        return {"css": css, "head": self.head, "text": text}

    @property
    def head(self) -> str:
        core20, rest = self.planned.core20, self.planned.rest
        if core20.coverage is None or rest.coverage is None:
            visits = about(self.equity.visits, "visit")
            return f"{visits[0].upper()}{visits[1:]} in {counted(self.equity.plans, 'plan')}."
        return f"Core20 homes get {percent(core20.coverage)} of the need met, others {percent(rest.coverage)}."

    @cached_property
    def plans_to_look_at(self) -> list:
        """Where Core20 is not compared, because so few must not be told in figures that leave: plans whose own pages
        show every visit, as long as somebody can look at them all.
        """
        plans = self.period.plans if self.planned.status == "unknown" else []
        return plans if len(plans) <= PLANS_TO_LOOK_AT else []

    @cached_property
    def sentences(self) -> list[str]:
        """What the figures say, the most important first."""
        found = [self._done_sentence, self._lowest_sentence, *self._slope_sentences, self._burden_sentence]
        return [text for text in [*found, self._load_sentence, self._deferred_sentence] if text]

    @property
    def _done_sentence(self) -> str:
        if self.done is None:
            return "Nothing has been recorded as done yet: the figures are what was planned."
        core20, rest = self.done.core20.coverage, self.done.rest.coverage
        plans = f"{self.equity.closed_plans} of {counted(self.equity.plans, 'plan')} closed"
        if core20 is None or rest is None:
            return f"Of what was done ({plans}) there are too few visits to compare Core20 with others."
        return f"Done, of {plans}: {percent(core20)} of the need in Core20, {percent(rest)} elsewhere."

    @property
    def _lowest_sentence(self) -> str:
        if self.planned.lowest_group is None:
            return ""
        name, share = self.planned.lowest_group
        label = name.replace("quintile", "deprivation fifth")
        return f"The group served least is {label}: {percent(share)} of its need is met."

    @property
    def _slope_sentences(self) -> list[str]:
        texts, index = [], self.planned.horizontal_inequity
        if index is not None:
            texts.append(inequity_sentence(index, "HI"))
        if self.planned.gini_areas is not None:
            texts.append(f"Service differs between areas with a Gini of {self.planned.gini_areas:.2f} (0: all alike).")
        return texts

    @property
    def _burden_sentence(self) -> str:
        first, last = self.equity.burden.get(1), self.equity.burden.get(5)
        if not (first and last) or first.travel_minutes is None or last.travel_minutes is None:
            return ""
        return (
            f"A visit costs {first.travel_minutes:.0f} minutes' travel in the most deprived fifth, "
            f"{last.travel_minutes:.0f} in the least deprived."
        )

    @property
    def _load_sentence(self) -> str:
        loads = self.equity.loads
        if loads.largest is None:
            return ""
        return f"The fullest work is that of {loads.fullest}: {percent(loads.largest)} of the contracted time."

    @property
    def _deferred_sentence(self) -> str:
        days = self.equity.deferred or {}
        core20, rest = days.get("Core20"), days.get("Elsewhere")
        if core20 is None or rest is None:
            return ""
        return f"Visits waited {core20:.1f} days past their due day in Core20, {rest:.1f} elsewhere."

    @property
    def kpis(self) -> list[dict]:
        ratio, gap = self.planned.ratio, self.planned.gap
        shown = [part.coverage for part in self.planned.quintiles.values() if part.coverage is not None]
        loads = self.equity.loads
        return [
            {
                "label": "Core20 coverage ratio",
                "value": "–" if ratio is None else f"{ratio:.2f}",
                "note": "need met in Core20 / elsewhere" if ratio is not None else "too few visits to tell",
                "css": KPI_CSS.get(self.planned.status, ""),
            },
            {
                "label": "Gap",
                "value": "–" if gap is None else f"{signed(100 * gap, 1)} points",
                "note": "Core20 less elsewhere",
                "css": "",
            },
            {
                "label": "Lowest fifth",
                "value": percent(min(shown)) if shown else "–",
                "note": "need met in the fifth that is served least",
                "css": "",
            },
            {
                "label": "Fullest person",
                "value": "–" if loads.largest is None else percent(loads.largest),
                "note": loads.fullest or "nobody on shift",
                "css": "",
            },
        ]

    @cached_property
    def tables(self) -> list[dict]:
        """Everything as tables, those with `bars` as a chart as well."""
        done = self.done
        fifths = {FIFTHS[key]: part for key, part in self.planned.quintiles.items()}
        fifths_done = done and {FIFTHS[key]: part for key, part in done.quintiles.items()}
        two = {"Core20": self.planned.core20, "Elsewhere": self.planned.rest}
        two_done = done and {"Core20": done.core20, "Elsewhere": done.rest}
        tables = [
            self._coverage("core20", "Core20 and elsewhere", "Group", two, two_done),
            self._coverage("fifths", "By deprivation fifth of the home area", "Fifth", fifths, fifths_done),
            self._coverage(
                "districts",
                "By local authority",
                "Local authority",
                self.planned.districts,
                done and done.districts,
                empty="The areas of these visits name no local authority.",
            ),
            self._coverage(
                "plus",
                "By PLUS group",
                "PLUS group",
                self.planned.plus,
                done and done.plus,
                empty="No visit of the period belongs to a PLUS group of your organisation.",
            ),
            self._burden,
            self._loads,
            self._inequality,
            self._areas,
        ]
        if self.equity.deferred is not None:
            tables.append(self._deferred)
        for table in tables:
            styles = table.get("styles") or ["is-number"] * len(table["columns"])
            table["heads"] = list(zip(table["columns"], styles, strict=True))
            for row in table["rows"]:
                row["cells"] = list(zip(table["columns"], row["cells"], styles, strict=True))
        return tables

    def _coverage(self, name, title, head, parts, done, *, chart=True, empty="No visits.") -> dict:
        columns = COVERAGE_COLUMNS + (["Done"] if done is not None else [])
        rows = []
        for label, part in parts.items():
            cells = _coverage_cells(part)
            if done is not None:
                cells.append(_done_text(done.get(label)))
            rows.append({"label": label, "cells": cells})
        bars = [
            {
                "label": _short(row["label"]),
                "share": part.coverage,
                "text": percent(part.coverage) if part.coverage is not None else "–",
                "interval": None if part.low is None else (part.low, part.high),
            }
            for row, part in zip(rows, parts.values(), strict=True)
        ]
        return {
            "id": name,
            "title": title,
            "head": head,
            "columns": columns,
            "rows": rows,
            "bars": bars if chart else [],
            "empty": empty,
            "note": "",
        }

    @property
    def _areas(self) -> dict:
        """Areas that may be shown, those with the most visits first; how many may not."""
        shown = {code: part for code, part in self.planned.areas.items() if not part.hidden}
        order = sorted(shown, key=lambda code: (-shown[code].n.shown, code))
        names = self.equity.area_names
        parts = {f"{names[code]} ({code})": shown[code] for code in order}
        done = self.done and {f"{names[code]} ({code})": self.done.areas.get(code) for code in order}
        empty = f"No area can be shown: each has {RULE.words}."
        if self.equity.period.kind == PeriodKind.PLAN:
            empty = "Areas are shown over a week and four weeks: on a single day hardly any area has enough visits."
        table = self._coverage("areas", "By area (LSOA)", "Area", parts, done, chart=False, empty=empty)
        hidden = len(self.planned.areas) - len(shown)
        if shown and hidden:
            told = counted(hidden, "area is", "areas are")
            table["note"] = f"{told} not shown: {RULE.words}."
        return table

    @property
    def _burden(self) -> dict:
        rows = [
            {"label": FIFTHS.get(key, "not known"), "cells": _burden_cells(part)}
            for key, part in self.equity.burden.items()
            if key or part.n.shown != 0
        ]
        return {
            "id": "burden",
            "title": "What visits are like for the people visited",
            "head": "Fifth",
            "columns": ["Visits planned", "Travel a visit", "In their window", "By the usual carer", "Late minutes"],
            "rows": rows,
            "bars": [],
            "empty": "No visit is planned.",
            "note": "Windows and usual carers count where a visit has one. Late minutes weigh each minute by the need.",
        }

    @property
    def _loads(self) -> dict:
        loads = self.equity.loads
        people = sorted(loads.by_staff.items(), key=lambda entry: (-entry[1], entry[0]))
        gini = "no figure" if loads.gini is None else f"{loads.gini:.2f}"
        return {
            "id": "workload",
            "title": "How the work is shared among staff",
            "head": "Person",
            "columns": ["Travel and visits in contracted time"],
            "rows": [{"label": name, "cells": [percent(load)]} for name, load in people],
            "bars": [{"label": _short(name), "share": load, "text": percent(load)} for name, load in people],
            "empty": "Nobody is on shift.",
            "note": f"Gini of these shares: {gini} (0: all alike). It is shown, but is not an aim: "
            "longer drives could lower it.",
        }

    @property
    def _inequality(self) -> dict:
        report = self.planned
        rows = [
            ("Lowest group (max-min coverage)", _number(report.lowest_group and report.lowest_group[1]),
             "the higher the better"),
            ("Gini of service over areas", _number(report.gini_areas), "0: every area has the same share of its need"),
            ("Concentration index", _number(report.concentration), "below 0: service goes to the more deprived"),
            ("Erreygers index of being planned", _number(report.erreygers), "below 0: the more deprived are planned"),
            ("Horizontal inequity", _number(report.horizontal_inequity), "0: service follows need"),
            ("Slope index", _number(report.slope), "need met, least less most deprived end; below 0 favours deprived"),
            ("Relative index", _number(report.relative_slope), "the same as a ratio; five points only; not an aim"),
        ]  # fmt: skip
        return {
            "id": "inequality",
            "title": "Inequality in one number each",
            "head": "Measure",
            "columns": ["Value", "How to read it"],
            "styles": ["is-number", "is-plain is-wide"],
            "rows": [{"label": label, "cells": [value, words]} for label, value, words in rows],
            "bars": [],
            "empty": "",
            "note": "",
        }

    @property
    def _deferred(self) -> dict:
        rows = [
            {"label": name, "cells": [HIDDEN if days is None else f"{days:.1f}"]}
            for name, days in sorted(self.equity.deferred.items(), key=lambda entry: str(entry[0]))
        ]
        return {
            "id": "deferred",
            "title": "Days put off over four weeks",
            "head": "Group",
            "columns": ["Days past the due day"],
            "rows": rows,
            "bars": [],
            "empty": "No visit fell due in these weeks.",
            "note": "Mean over visits that fell due in the four weeks, weighted by need; a person put off again and "
            "again counts once.",
        }

    @property
    def unknowns(self) -> list[str]:
        """What is not known."""
        texts = []
        if self.planned.unknown.n.shown != 0:
            number = about(self.planned.unknown.n, "visit")
            texts.append(f"{number} in areas of unknown deprivation: in no fifth.")
        if self.equity.without_due_day.shown != 0 and self.equity.deferred is not None:
            number = about(self.equity.without_due_day, "visit")
            texts.append(f"Not known when they first fell due: {number}. These count from their own day.")
        if not self.planned.plus:
            texts.append("No visit says whether the person belongs to a PLUS group.")
        elif self.planned.without_plus.n.shown != 0:
            number = about(self.planned.without_plus.n, "visit")
            texts.append(f"Without a PLUS group: {number}. The person belongs to none, or it was not recorded.")
        if self.equity.plans > self.equity.closed_plans:
            open_plans = self.equity.plans - self.equity.closed_plans
            texts.append(f"{counted(open_plans, 'plan is', 'plans are')} not closed: what was done there is not known.")
        return texts

    @property
    def rule(self) -> str:
        return small_number_words("visits")

    @property
    def weights(self) -> str:
        return NEED_WEIGHTS


def _coverage_cells(part: SafeCoverage) -> list[str]:
    if part.is_withheld:
        return [str(part.n), HIDDEN, HIDDEN, ""]
    if part.coverage is None:
        return ["0", "0", "no visits", ""]
    return [str(part.n), str(part.served), percent(part.coverage), f"{percent(part.low)} to {percent(part.high)}"]


def _done_text(part: SafeCoverage | None) -> str:
    if part is None or part.coverage is None:
        return HIDDEN if part is not None and part.is_withheld else "no record"
    return percent(part.coverage)


def _burden_cells(part) -> list[str]:
    if part.hidden:
        return [HIDDEN] * 5
    if part.n.shown == 0:
        return ["0", "–", "–", "–", "–"]
    shares = ["too few" if share is None else percent(share) for share in (part.preferred_share, part.continuity_share)]
    late = "too few" if part.weighted_lateness is None else f"{part.weighted_lateness:.0f}"
    return [str(part.n), f"{part.travel_minutes:.1f} min", *shares, late]


def _number(value) -> str:
    return decimal(value, 2)


def _short(label: str, most: int = 22) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"
