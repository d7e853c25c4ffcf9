"""Figures of equity as they leave: rounded counts, shares in whole per cent, and nothing that would give few away."""

from dataclasses import asdict, dataclass, replace

from accounts.small_numbers import REASON, RULE, Count, count_of, hidden_count
from routing.planning.equity import BurdenByQuintile, Coverage, EquityReport, wilson


@dataclass(frozen=True, slots=True)
class SafeCoverage:
    """Coverage of a group of visits. Shares are None where the group is empty or hidden, or where the visits that were
    left out (or served) are few. The interval is that of the rounded counts.
    """

    n: Count
    served: Count
    coverage: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def hidden(self) -> bool:
        """Whether not even the number of visits may be told."""
        return self.n.is_hidden

    @property
    def is_withheld(self) -> bool:
        """Whether the coverage of visits that there are must not be told."""
        return self.coverage is None and (self.n.is_hidden or self.n.shown != 0)

    def as_dict(self) -> dict:
        """Plain data for JSON."""
        return {
            "n": self.n.shown,
            "served": self.served.shown,
            "coverage": self.coverage,
            "low": self.low,
            "high": self.high,
            "hidden": self.hidden,
            "suppressed": REASON if self.is_withheld else None,
        }


@dataclass(frozen=True, slots=True)
class SafeBurden:
    """What visits of a fifth cost: see BurdenByQuintile; lateness in whole minutes, travel to a tenth of one."""

    n: Count
    travel_minutes: float | None = None
    preferred_share: float | None = None
    continuity_share: float | None = None
    weighted_lateness: float | None = None

    @property
    def hidden(self) -> bool:
        return self.n.is_hidden

    def as_dict(self) -> dict:
        """Plain data for JSON."""
        return asdict(self) | {
            "n": self.n.shown,
            "hidden": self.hidden,
            "suppressed": REASON if self.hidden else None,
        }


def safe_coverage(part: Coverage) -> SafeCoverage:
    """What may be told of a group whose secrets have been found (`equity(leaves=True)`)."""
    if part.hidden:
        return SafeCoverage(hidden_count(), hidden_count())
    if part.served is None:
        return SafeCoverage(count_of(part.n), hidden_count())
    n, served = count_of(part.n), count_of(part.served)
    if part.coverage is None:
        return SafeCoverage(n, served)
    low, high = wilson(min(served.shown, n.shown), n.shown)
    return SafeCoverage(n, served, _share(part.coverage), _share(low), _share(high))


def safe_burden(part: BurdenByQuintile, *, hidden: bool) -> SafeBurden:
    if part.n != 0 and (hidden or part.hidden):
        return SafeBurden(hidden_count())
    late = part.weighted_lateness
    return SafeBurden(
        n=count_of(part.n),
        travel_minutes=None if part.travel_minutes is None else round(part.travel_minutes, 1),
        preferred_share=part.preferred_share,
        continuity_share=part.continuity_share,
        weighted_lateness=None if late is None else float(round(late)),
    )


def safe_report(report: EquityReport) -> EquityReport:
    """The report with SafeCoverage for every group, and its other figures as exact as those are."""
    name, lowest = report.lowest_group or (None, None)
    indexes = ("gini_areas", "concentration", "erreygers", "horizontal_inequity", "slope", "relative_slope")
    return replace(
        report,
        core20=safe_coverage(report.core20),
        rest=safe_coverage(report.rest),
        ratio=_share(report.ratio),
        gap=_share(report.gap),
        quintiles={key: safe_coverage(part) for key, part in report.quintiles.items()},
        not_known=None if report.not_known is None else RULE.rounded(report.not_known),
        plus={key: safe_coverage(part) for key, part in report.plus.items()},
        areas={key: safe_coverage(part) for key, part in report.areas.items()},
        districts={key: safe_coverage(part) for key, part in report.districts.items()},
        lowest_group=None if name is None else (name, _share(lowest)),
        unknown=safe_coverage(report.unknown),
        without_plus=safe_coverage(report.without_plus),
        **{index: _share(getattr(report, index)) for index in indexes},
    )


def report_dict(report: EquityReport) -> dict:
    """Plain data for JSON (keys of `quintiles` are texts)."""
    data = {field: getattr(report, field) for field in report.__dataclass_fields__}
    for field, value in data.items():
        if isinstance(value, SafeCoverage):
            data[field] = value.as_dict()
        elif isinstance(value, dict):
            data[field] = {str(key): part.as_dict() for key, part in value.items()}
    return data


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
