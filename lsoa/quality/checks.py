"""Checks of the loaded data as a whole. Each reads only, is small, and says what it expects.

Checks of single rows happen when a file is loaded; these look at what only shows over whole datasets and releases.
"""

from django.db.models import F
from django.utils import timezone

from lsoa.derivations import DERIVATIONS
from lsoa.models import Area, Dataset, Feed, Indicator, IndicatorDistribution, PracticeList

from .check import ERROR, INFORMATION, WARNING, Finding, check, needed_indicators
from .comparison import compare, release_before
from .rhythm import due_since

# A national table names every area: one in a hundred missing is more than boundary changes explain.
LEAST_AREAS = 0.99
# One figure in five without a value is more than the suppression of small numbers in any table of data.md (14 %).
MOST_MISSING = 0.20
# A release whose median moved by half an interquartile range, or in which every tenth area jumped, is not the same
# measure any more, or not the same file.
MOST_SHIFT = 0.5
MOST_JUMPED = 0.10
MOST_REJECTED = 0.01


def _in_force():
    return Dataset.objects.in_force().select_related("organisation").order_by("publication", "extent")


def _figures(dataset) -> dict[str, dict]:
    """The part of the quality report about indicators: code -> counts."""
    return dataset.quality.get("indicators", {})


def _subject(dataset, what="") -> str:
    return f"{dataset.publication} {dataset.release} {dataset.extent} {what}".strip()[:120]


def _about(dataset, severity, message, what="", **details) -> Finding:
    return Finding(_subject(dataset, what), severity, message[:500], details, dataset, dataset.organisation)


@check(
    "coverage",
    "Coverage of areas",
    "A national table has a row for at least 99% of the areas, and a value for at least 80% of them.",
)
def coverage():
    for dataset in _in_force().filter(extent="England", organisation=None).exclude(quality__indicators=None):
        for code, row in _figures(dataset).items():
            missing = sum(row.get("missing", {}).values())
            absent = row.get("areas_without", 0)
            areas = row["values"] + missing + absent
            if areas and absent > (1 - LEAST_AREAS) * areas:
                text = f"{dataset}: {absent:,} of {areas:,} areas have no row for {code} (expected: at most 1%)."
                yield _about(dataset, ERROR, text, code, areas=areas, absent=absent)
            elif areas and missing > MOST_MISSING * areas:
                text = f"{dataset}: {missing:,} of {areas:,} areas have no value for {code} (expected: at most 20%)."
                yield _about(dataset, WARNING, text, code, areas=areas, missing=missing)


@check(
    "change",
    "Change against the release before",
    "The median moves by less than half the interquartile range of the release before, and fewer than a tenth of the "
    "comparable areas jump (change further from the median change than three scaled median absolute deviations).",
)
def change_against_release_before():
    indicators = {row.code: row for row in Indicator.objects.all()}
    for dataset in _in_force():
        for code in _figures(dataset):
            before = release_before(dataset, code)
            found = before and code in indicators and compare(indicators[code], before, dataset)
            if not found:
                continue
            numbers = {"before": str(before.pk), "shift": min(found.shift, 1e9), "jumped": found.jumped}
            if found.shift > MOST_SHIFT:
                text = (
                    f"{indicators[code].name}: the median went from {found.median_before:,.4g} ({before.release}) to "
                    f"{found.median_after:,.4g} ({dataset.release})."
                )
                yield _about(dataset, WARNING, text, code, **numbers)
            elif found.share_jumped > MOST_JUMPED:
                text = (
                    f"{indicators[code].name}: {found.jumped:,} of {found.areas:,} comparable areas jumped between "
                    f"{before.release} and {dataset.release}."
                )
                yield _about(dataset, WARNING, text, code, **numbers)


@check(
    "out-of-range",
    "Impossible values",
    "Every value lies between the least and the greatest that its indicator can have.",
)
def out_of_range():
    for dataset in _in_force():
        for code, row in _figures(dataset).items():
            blanked = row.get("missing", {}).get("out_of_range", 0)
            if blanked:
                text = f"{dataset}: {blanked:,} values of {code} were impossible and are shown as missing."
                yield _about(dataset, WARNING, text, code, values=blanked)
    spreads = {row.code: row for row in IndicatorDistribution.objects.filter(areas__gt=0)}
    for indicator in Indicator.objects.public().filter(code__in=spreads):
        row = spreads[indicator.code]
        low, high = indicator.minimum, indicator.maximum
        if (low is not None and row.minimum < low) or (high is not None and row.maximum > high):
            text = (
                f"{indicator.name}: values in force run from {row.minimum:g} to {row.maximum:g}, expected "
                f"{'anything' if low is None else f'{low:g}'} to {'anything' if high is None else f'{high:g}'}."
            )
            yield Finding(f"{indicator.code} in force", ERROR, text)


@check(
    "rejected-rows",
    "Rejected rows",
    "At most one row in a hundred of a file is rejected.",
)
def rejected_rows():
    for dataset in _in_force().filter(rows_rejected__gt=F("rows_read") * MOST_REJECTED):
        text = f"{dataset}: {dataset.rows_rejected:,} of {dataset.rows_read:,} rows were rejected."
        yield _about(dataset, WARNING, text, rejected=dataset.rows_rejected, read=dataset.rows_read)


@check(
    "deciles",
    "Deciles that follow from ranks",
    "The decile of every area is the tenth of the ranking that its rank lies in, within one rank of the border.",
)
def deciles_follow_ranks():
    for rank_code, decile_code in _rank_decile_pairs():
        for dataset in _in_force().filter(quality__indicators__has_keys=[rank_code, decile_code]):
            wrong = _wrong_deciles(dataset, rank_code, decile_code)
            if wrong:
                text = f"{dataset}: in {wrong:,} areas {decile_code} does not follow from {rank_code}."
                yield _about(dataset, ERROR, text, decile_code, areas=wrong)


def _rank_decile_pairs():
    codes = set(Indicator.objects.public().values_list("code", flat=True))
    ranks = sorted(code for code in codes if code.endswith("_rank"))
    return [(code, decile) for code in ranks if (decile := f"{code.removesuffix('_rank')}_decile") in codes]


def _wrong_deciles(dataset, rank_code, decile_code) -> int:
    values = {
        code: dict(
            dataset.values.filter(indicator__code=code, value__isnull=False, method="published").values_list(
                "area_id", "value"
            )
        )
        for code in (rank_code, decile_code)
    }
    ranks, deciles = values[rank_code], values[decile_code]
    both = ranks.keys() & deciles.keys()
    size = max((ranks[area] for area in both), default=0)
    # Only a whole ranking says what a tenth of it is.
    if size < 10 or len(both) < 0.99 * size:
        return 0
    return sum(not _is_decile(ranks[area], deciles[area], size) for area in both)


def _is_decile(rank, decile, size) -> bool:
    width = size / 10
    return (decile - 1) * width - 1 <= rank <= decile * width + 1


@check(
    "practice-lists",
    "Practice lists that add up",
    "The patients of a practice's list by sex and age add up to its total, within one patient in a hundred.",
)
def practice_lists_add_up():
    for dataset in _in_force().filter(practice_lists__female__isnull=False).distinct():
        rows = PracticeList.objects.filter(dataset=dataset, female__isnull=False)
        wrong = [
            code
            for code, patients, female, male in rows.values_list("practice_code", "patients", "female", "male")
            if abs(sum(female) + sum(male) - patients) > max(1.0, 0.01 * patients)
        ]
        if wrong:
            text = f"{dataset}: the lists of {len(wrong):,} practices do not add up, for instance {wrong[0]}."
            yield _about(dataset, WARNING, text, practices=wrong[:50])


@check(
    "needed",
    "Indicators that priorities need",
    "Every indicator that a published model reads is in force for at least one area.",
)
def needed_indicators_in_force():
    # Without any data there is nothing to miss.
    if not Area.objects.current().exists():
        return
    there = set(IndicatorDistribution.objects.filter(areas__gt=0).values_list("code", flat=True))
    for code, who in needed_indicators().items():
        if code not in there:
            yield Finding(code, ERROR, f"{code} is needed by {who}, and no dataset in force gives it.")


@check(
    "derived",
    "Derived figures that lag behind",
    "Everything that a derived dataset was made from is still what it would be made from.",
)
def derived_are_up_to_date():
    # An older release may still be the best evidence of something, e.g. of practices that have closed since: what
    # would be derived in the same way today is up to date.
    wanted = {material.sha256 for derivation in DERIVATIONS for material in derivation.materials()}
    derived = _in_force().filter(inputs__isnull=False).exclude(file_sha256__in=wanted)
    for dataset in derived.distinct().prefetch_related("inputs"):
        gone = [row for row in dataset.inputs.all() if row.state != Dataset.State.CURRENT]
        if gone:
            text = f"{dataset} was derived from {gone[0]}, which is {gone[0].get_state_display().lower()} now."
            yield _about(dataset, WARNING, text, inputs=[str(row.pk) for row in gone])


@check(
    "release-due",
    "Releases that are overdue",
    "No publication that comes out regularly is older than twice its publisher's rhythm.",
)
def release_is_due():
    newest: dict[tuple, Dataset] = {}
    for dataset in _in_force().filter(organisation=None).exclude(standing=Dataset.Standing.SYNTHETIC):
        held = newest.get((dataset.publication, dataset.extent))
        if held is None or dataset.release > held.release:
            newest[dataset.publication, dataset.extent] = dataset
    today = timezone.localdate()
    for dataset in newest.values():
        due = due_since(dataset.publication, dataset.release, today)
        if due:
            text = f"{dataset}: a newer release should have come out by {due:%B %Y}."
            yield _about(dataset, INFORMATION, text, due=due.isoformat())


@check(
    "feeds",
    "Feeds that have gone quiet",
    "Every live source that is switched on gave a good answer within the time set for it.",
)
def feeds_are_fresh():
    now = timezone.now()
    for feed in Feed.objects.filter(is_enabled=True).select_related("organisation"):
        age = None if feed.succeeded_at is None else (now - feed.succeeded_at).total_seconds()
        if age is None and not feed.failures:
            continue  # Set up a moment ago: not tried yet.
        if age is None or age > feed.stale_after_seconds:
            since = "ever" if age is None else f"for {age / 3600:,.1f} hours"
            attempts = "1 failed attempt" if feed.failures == 1 else f"{feed.failures:,} failed attempts"
            text = f"{feed.name}: no good answer {since}; {attempts}."
            details = {"error": feed.last_error}
            yield Finding(f"feed {feed.pk}", WARNING, text[:500], details, organisation=feed.organisation)
