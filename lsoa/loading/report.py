"""The data-quality report of one load: counts, coverage, missing values, repairs, and every rejected row."""

from dataclasses import dataclass, field


@dataclass
class QualityReport:
    """Filled while a file is read and loaded; stored as JSON in `Dataset.quality`."""

    rows_read: int = 0
    rows_loaded: int = 0
    rejects: list[tuple[int, str, str]] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    repairs: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Per indicator: values, missing by reason, minimum, mean, maximum, areas without a row.
    indicators: dict[str, dict] = field(default_factory=dict)
    # What an adapter adds under a name of its own, e.g. the validation of derived figures.
    sections: dict[str, dict] = field(default_factory=dict)
    seconds: float = 0.0

    def read(self, rows: int) -> None:
        self.rows_read += rows

    def reject(self, line: int, code: str, reason: str) -> None:
        """A row that is not loaded (or one figure of it), by its line in the file."""
        self.rejects.append((int(line), str(code)[:60], reason[:300]))

    def skip(self, what: str, rows: int) -> None:
        """Rows left out on purpose, e.g. Welsh ones."""
        if rows:
            self.skipped[what] = self.skipped.get(what, 0) + rows

    def note_count(self, what: str, number: int) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def repaired(self, code: str, what: str) -> None:
        self.repairs.append((code, what))

    def note(self, text: str) -> None:
        self.notes.append(text)

    def rejected_by_reason(self) -> dict[str, int]:
        reasons: dict[str, int] = {}
        for _, _, reason in self.rejects:
            reasons[reason] = reasons.get(reason, 0) + 1
        return dict(sorted(reasons.items(), key=lambda item: -item[1])[:50])

    def as_json(self) -> dict:
        """What `Dataset.quality` holds; rejected rows have their own table."""
        return {
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_rejected": len(self.rejects),
            "rejected_by_reason": self.rejected_by_reason(),
            "skipped": self.skipped,
            "counts": self.counts,
            "repaired": [{"code": code, "problem": problem} for code, problem in self.repairs],
            "indicators": self.indicators,
            "notes": self.notes,
            "seconds": round(self.seconds, 2),
            **self.sections,
        }


def report_lines(quality: dict) -> list[str]:
    """The stored report in words, a line each, for the command and the admin."""
    lines = [
        f"rows read {quality.get('rows_read', 0):,}, loaded {quality.get('rows_loaded', 0):,}, "
        f"rejected {quality.get('rows_rejected', 0):,} ({quality.get('seconds', 0):.1f} s)"
    ]
    lines += [f"skipped {number:,}: {what}" for what, number in quality.get("skipped", {}).items()]
    lines += [f"{what}: {number:,}" for what, number in quality.get("counts", {}).items()]
    lines += [f"rejected {number:,}: {reason}" for reason, number in quality.get("rejected_by_reason", {}).items()]
    repaired = quality.get("repaired", [])
    if repaired:
        named = ", ".join(f"{item['code']} ({item['problem']})" for item in repaired[:20])
        lines.append(f"geometry repaired in {len(repaired)}: {named}{'...' if len(repaired) > 20 else ''}")
    lines += [_indicator_line(code, figures) for code, figures in quality.get("indicators", {}).items()]
    return lines + list(quality.get("notes", []))


def _indicator_line(code: str, figures: dict) -> str:
    text = f"{code}: {figures['values']:,} values"
    if figures["values"]:
        text += f", {figures['minimum']:g} to {figures['maximum']:g}, mean {figures['mean']:.4g}"
    for reason, number in figures.get("missing", {}).items():
        text += f", {number:,} {reason.replace('_', ' ')}"
    if figures.get("areas_without"):
        text += f", {figures['areas_without']:,} areas without a row"
    return text
