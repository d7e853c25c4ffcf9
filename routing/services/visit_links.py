"""Links between two visits of a day, set by hand: order and gaps, who comes, both or neither."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.link_rules import Tie, neighbours, why_impossible
from routing.models import Visit, VisitLink

from .visit_entry import free_visit

# Minutes from start to start.
MOST_GAP = 1_440
FIELDS = ("min_gap_minutes", "max_gap_minutes", "same_staff", "different_staff", "together")


@transaction.atomic
def link_visits(*, first: Visit, second: Visit, values: dict, by) -> VisitLink:
    """A link between two visits of one team and day. `values`: of FIELDS, gaps from the start of `first` to that of
    `second`. ValidationError in words for a link that cannot be kept; PlanStateError while a plan that is being worked
    on or decided holds either visit.
    """
    if first.pk == second.pk:
        raise ValidationError("A visit cannot be linked to itself.")
    first, second = _both_free(first, second)
    if first.team_id != second.team_id:
        raise ValidationError("Both visits must be of one team.")
    if _between(first, second).exists():
        raise ValidationError(f"{first} and {second} are linked already: change that link.")
    link = VisitLink(first=first, second=second)
    return _save(link, values, "visit.linked", by)


@transaction.atomic
def change_link(*, link: VisitLink, first: Visit, second: Visit, values: dict, by) -> VisitLink:
    """The same for a link that there is; `first` and `second` are its visits, in the order that they are to have."""
    if {first.pk, second.pk} != {link.first_id, link.second_id}:
        raise ValidationError("A link stays with its two visits. Remove it and make another.")
    link.first, link.second = _both_free(first, second)
    return _save(link, values, "visit.link_changed", by)


@transaction.atomic
def unlink_visits(*, link: VisitLink, by) -> None:
    """PlanStateError as `link_visits`."""
    first, second = _both_free(link.first, link.second)
    _record("visit.unlinked", first, second, {}, by)
    link.delete()


def _both_free(first, second) -> tuple[Visit, Visit]:
    """Locked in one order, whoever asks."""
    found = {visit.pk: free_visit(visit) for visit in sorted((first, second), key=lambda visit: str(visit.pk))}
    return found[first.pk], found[second.pk]


def _between(first, second):
    pair = [first.pk, second.pk]
    return VisitLink.objects.filter(first__in=pair, second__in=pair)


def _save(link, values, action, by) -> VisitLink:
    for name in FIELDS:
        setattr(link, name, values.get(name, VisitLink._meta.get_field(name).get_default()))
    _check(link)
    link.save()
    _record(action, link.first, link.second, {name: getattr(link, name) for name in FIELDS}, by)
    return link


def _check(link):
    least, most = link.min_gap_minutes, link.max_gap_minutes
    if least is None and most is None and not (link.same_staff or link.different_staff or link.together):
        raise ValidationError("Say what links them: an order, who comes, or both or neither.")
    if any(gap is not None and abs(gap) > MOST_GAP for gap in (least, most)):
        raise ValidationError(f"A gap is {MOST_GAP:,} minutes at most.")
    if least is not None and most is not None and most < least:
        raise ValidationError("The most minutes between them are fewer than the least.")
    if link.same_staff and link.different_staff:
        raise ValidationError("The same person and different people cannot both be asked for.")
    tie = Tie.of(link)
    of_day = VisitLink.objects.filter(first__team=link.first.team_id, first__day=link.first.day)
    of_day = of_day.exclude(pk=link.pk).select_related("first", "second")
    people = list(link.first.team.staff.active().prefetch_related("skill_records__skill"))
    why = why_impossible(tie, neighbours(tie, of_day), people)
    if why:
        raise ValidationError(why)


def _record(action, first, second, details, by):
    audit.record(
        action=action,
        by=by,
        organisation=first.organisation,
        target=first,
        details={"second": str(second.pk), **details},
    )
