"""After a score run or a load: who has to hear of it. Each is looked at once, in one transaction; a worker that died in
the middle leaves nothing, and the next sweep looks again.
"""

from datetime import timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, RuleEvaluation
from accounts.notices import Message, emit, notify_each
from accounts.notices.kinds import kind_of
from accounts.notices.rules import begin, fire
from accounts.permissions import roles_with
from lsoa.models import Dataset, Patch
from priorities.models import ScoreRun

from . import figures, moves

# What a sweep looks back: a queue that was away for longer than that has other news.
SWEPT = timedelta(days=2)


@transaction.atomic
def look_at_run(*, run: ScoreRun) -> int:
    """Returns how many messages a run led to; 0 when it was looked at before."""
    event = f"score-run:{run.pk}"
    if not begin(event):
        return 0
    told = _tell_of_urgent(run) + fire(event=event, matched=moves.rules_met(run.pk), url=_page_of)
    url = reverse("explore") + "?theme=change"
    data = {"run": str(run.pk), "areas": run.area_count, "changed": run.changed_count or 0}
    place = run.patch.organisation if run.patch is not None else None
    emit(event="priorities.calculated", organisation=place, data=data, url=url, about=event)
    return told


@transaction.atomic
def look_at_dataset(*, dataset: Dataset) -> int:
    """The same for figures that came into force."""
    event = f"dataset:{dataset.pk}"
    if not begin(event):
        return 0
    return fire(event=event, matched=figures.rules_met(dataset), url=_page_of)


def look_at_missed() -> int:
    """Runs and datasets of these days that nobody looked at. Returns how many there were."""
    since = timezone.now() - SWEPT
    looked_at = RuleEvaluation.objects.filter(rule=None, evaluated_at__gte=since)
    seen = set(looked_at.values_list("event", flat=True))
    runs = ScoreRun.objects.finished().filter(finished_at__gte=since).select_related("patch__organisation")
    datasets = Dataset.objects.in_force().filter(loaded_at__gte=since)
    missed_runs = [run for run in runs.order_by("finished_at") if f"score-run:{run.pk}" not in seen]
    missed_datasets = [one for one in datasets.order_by("loaded_at") if f"dataset:{one.pk}" not in seen]
    for run in missed_runs:
        look_at_run(run=run)
    for dataset in missed_datasets:
        look_at_dataset(dataset=dataset)
    return len(missed_runs) + len(missed_datasets)


def _tell_of_urgent(run) -> int:
    """One message for each person, whatever number of areas and patches."""
    found = {row[0]: row[1:] for row in moves.became_urgent(run.pk)}
    if not found:
        return 0
    places = Organisation.objects.in_bulk(list(found))
    roles = [role.value for role in roles_with(kind_of("areas.urgent").permission)]
    members = Membership.objects.in_force().filter(  # unscoped: of the organisations with such areas
        organisation__in=places, user__is_active=True, roles__overlap=roles
    )
    messages = []
    for member in members.select_related("user").order_by("pk"):
        areas, patches, name, slug = found[member.organisation_id]
        where = f"of {name}" if patches == 1 else "of your patches"
        words = "1 area" if areas == 1 else f"{areas:,} areas"
        url = _explore(slug if patches == 1 else "", priority=3)
        text, place = f"{words} {where} became urgent.", places[member.organisation_id]
        messages.append(Message(member.user, text, url, place, f"score-run:{run.pk}:{place.pk}"))
    told = notify_each(kind="areas.urgent", messages=messages)
    for place, (areas, *_) in found.items():
        data = {"run": str(run.pk), "areas": areas}
        about = f"score-run:{run.pk}:urgent"
        emit(event="areas.became_urgent", organisation=places[place], data=data, url=_explore(), about=about)
    return told


def _page_of(rule) -> str:
    """Where the areas of a rule are seen."""
    codes = rule.condition.get("areas")
    if codes and len(codes) == 1:
        return reverse("area", args=[codes[0]])
    patches = Patch.objects.for_organisation(rule.organisation)
    slug = patches.filter(pk=rule.condition.get("patch")).values_list("slug", flat=True).first()
    return _explore(slug or "")


def _explore(patch: str = "", **more) -> str:
    asked = {"theme": "change", **({"patch": patch} if patch else {}), **more}
    return f"{reverse('explore')}?{urlencode(asked)}"
