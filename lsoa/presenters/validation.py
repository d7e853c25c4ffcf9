"""The validation of attribution as lines of text, for the command."""

from lsoa.attribution.validation import REPRODUCED

NO_FIGURE = "no figure"


def validation_lines(result: dict) -> list[str]:
    """The validation of one year (`Dataset.quality["validation"]`) in words, a line each."""
    worst = max((abs(entry["difference"]) for entry in result["national"]), default=0.0)
    reproduced = sum(abs(entry["difference"]) <= REPRODUCED for entry in result["national"])
    lines = [
        f"Registers of {result['period']}",
        f"  national prevalences: {reproduced} of {len(result['national'])} reproduced to {REPRODUCED} points, "
        f"largest difference {worst:.2g}",
    ]
    lines += [
        f"  {entry['method']}: {entry['practices']:,} practices, {100 * entry['share']:.1f}% of patients"
        for entry in result["methods"]
    ]
    lines += [f"  {line}" for line in (*_fallback(result), *_authorities(result), *_ages(result))]
    return [*lines, *(f"  not loaded: {title}" for title in result["missing"])]


def _fallback(result):
    for entry in filter(None, (result["wards"], *result["networks"])):
        where = entry.get("publication") or ", ".join(entry["publications"])
        differences = list(entry["differences"].values())
        mean = f"{sum(differences) / len(differences):.3f} points" if differences else NO_FIGURE
        same = f", same network {100 * entry['same_network']:.1f}%" if "same_network" in entry else ""
        yield (
            f"distance alone, {where}: {entry['places']:,} places, overlap {100 * entry['overlap']:.1f}%, correlation "
            f"{_number(entry['correlation'])}{same}, mean difference of prevalence {mean}"
        )


def _authorities(result):
    found = result["authorities"]
    if not found:
        return
    yield f"local authorities, {found['our_period']} against {found['their_period']} ({found['publication']}):"
    for entry in found["registers"]:
        note = ", against lists of other ages" if entry["same_list"] is False else ""
        yield (
            f"  {entry['register']}: {entry['places']:,} authorities, correlation {_number(entry['correlation'])}, "
            f"mean absolute difference {_number(entry['difference'])} points{note}"
        )


def _ages(result):
    core = result["core20"]
    if core:
        yield (
            f"Core20 areas with all sums below the median: crude {_percent(core.get('crude'))}, "
            f"standardised {_percent(core.get('standardised'))}"
        )
    for entry in result["outcomes"]:
        for total in entry["sums"]:
            yield (
                f"rank correlation with {entry['indicator']} (partly circular), {total['indicator']}: "
                f"crude {_number(total.get('crude'))}, standardised {_number(total.get('standardised'))}"
            )


def _number(value) -> str:
    return NO_FIGURE if value is None else f"{value:.3f}"


def _percent(share) -> str:
    return NO_FIGURE if share is None else f"{100 * share:.1f}%"
