"""Features of the portal that an organisation may be without.

    @needs_flag(Flag.WEEK_PLANS)                            a page: 404 where it is off
    if not is_on(Flag.CALENDAR_FILES, organisation):        the API: raise NotFound
        raise NotFound
    {% load flags %}{% has_flag "week_plans" as weeks %}    a template: the way there is not shown

Every organisation has what `Flag.default` says unless the platform's administrators say otherwise.
"""

import uuid
from enum import StrEnum
from functools import wraps

from django.core.cache import cache
from django.db import transaction
from django.http import Http404

from .. import audit
from ..models import FlagOverride, Organisation

# Long, because what is kept is never wrong: see `overrides_of`.
KEPT_SECONDS = 3600


class Flag(StrEnum):
    """A feature that can be switched; the value is what the table of overrides holds."""

    WEEK_PLANS = "week_plans"
    CALENDAR_FILES = "calendar_files"
    SCENARIOS = "scenarios"
    ASK = "ask"

    @property
    def label(self) -> str:
        return WORDS[self][0]

    @property
    def description(self) -> str:
        """What somebody is without where it is off."""
        return WORDS[self][1]

    @property
    def default(self) -> bool:
        return True


WORDS = {
    Flag.WEEK_PLANS: ("Weeks", "Plans of several days together: their pages and their part of the API."),
    Flag.CALENDAR_FILES: ("Calendars", "Rounds as calendar files (.ics), on the pages of plans and for field staff."),
    Flag.SCENARIOS: ("Scenarios", "Trying changes of the priority model, from the page of that name."),
    Flag.ASK: ("Ask", "Questions in words, answered from data: the page of that name and its part of the API."),
}


def overrides_of(organisation: Organisation) -> dict[str, bool]:
    """What differs from the defaults, by name of the flag.

    Kept under the version of the organisation's features, which every change replaces in the same transaction: whoever
    reads the organisation anew reads the new features, and one that was read before goes on with a version of its own.
    """
    key = f"features-{organisation.pk}-{organisation.features_version}"
    found = cache.get(key)
    if found is None:
        found = dict(FlagOverride.objects.for_organisation(organisation).values_list("flag", "is_on"))
        cache.set(key, found, KEPT_SECONDS)
    return found


def is_on(flag: Flag, organisation: Organisation | None) -> bool:
    """Without an organisation (platform administrators, background work of nobody) the default counts."""
    flag = Flag(flag)
    if organisation is None:
        return flag.default
    return overrides_of(organisation).get(flag.value, flag.default)


@transaction.atomic
def switch(*, organisation: Organisation, flag: Flag, on: bool, by) -> bool:
    """Switch a feature for an organisation. Returns whether that changed anything; ValueError for an unknown flag."""
    flag = Flag(flag)
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    override = FlagOverride.objects.for_organisation(locked).filter(flag=flag.value).first()
    before = override.is_on if override else flag.default
    if before == on:
        return False
    override = override or FlagOverride(organisation=locked, flag=flag.value)
    override.is_on, override.changed_by = on, by if hasattr(by, "email") else None
    override.save()
    locked.features_version = uuid.uuid4()
    locked.save(update_fields=["features_version"])
    organisation.features_version = locked.features_version
    details = {"feature": flag.value, "from": before, "to": on}
    audit.record(action="organisation.feature_switched", by=by, organisation=locked, target=locked, details=details)
    return True


def needs_flag(flag: Flag):
    """View decorator: 404 where the organisation is without the feature. Put it below `requires`."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not is_on(flag, request.organisation):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.needed_flag = flag
        return guarded

    return decorate
