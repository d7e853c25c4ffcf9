"""The main figures of a validation as lines of text, for the command."""

NO_FIGURE = "no figure"


def summary_lines(result: dict) -> list[str]:
    """A line for each main figure of a stored report (`ValidationReport.result`)."""
    lines = []
    for entry in result["readings"]:
        shares = ", ".join(
            f"{label} {percent(share)}" for label, share in zip(result["labels"], entry["shares"], strict=True)
        )
        lines.append(f"  {entry['key']}: {shares}")
        lowest = ", ".join(f"{name} {percent(share)}" for name, share in entry["core20_lowest"].items())
        lines.append(f"    Core20 areas in the lowest class: {lowest}")
    root = result["branches"][0]["name"]
    if result["between"]:
        lines.append(f"  crude and standardised agree in {percent(result['between']['same'])} of areas")
    if result["deprivation"]:
        lines.append(f"  rank correlation with deprivation: {_ranks(result['deprivation']['ranks'], root)}")
    lines += [
        f"  {entry['indicator']} ({entry['circularity']}): {_ranks(entry['ranks'], root)}, deprivation alone "
        f"{number(entry['deprivation'])}"
        for entry in result["outcomes"]
    ]
    for entry in result["concentration"]:
        tops = ", ".join(f"{key} {percent(curve['top'])}" for key, curve in entry["orders"].items())
        lines.append(f"  {entry['indicator']} in the first tenth of residents: {tops}")
    for entry in result["releases"]:
        kinds = ", ".join(
            f"{kind} bounds {percent(entry[kind]['same'])} in the same class"
            for kind in ("kept", "recomputed")
            if entry.get(kind, {}).get("areas")
        )
        lines.append(f"  {entry['title']}: {kinds}")
    lines += [
        f"  weights {entry['tables']} {entry['deviation']}: rank correlation "
        f"{number(entry['correlation'] and entry['correlation']['median'])}"
        for entry in result["weights"]
    ]
    return [*lines, *(f"  not computed without: {what}" for what in result["missing"])]


def _ranks(by_reading: dict, root: str) -> str:
    return ", ".join(f"{key} {number(branches[root])}" for key, branches in by_reading.items())


def percent(share: float | None) -> str:
    return NO_FIGURE if share is None else f"{100 * share:.1f}%"


def number(value: float | None) -> str:
    return NO_FIGURE if value is None else f"{value:.3f}"
