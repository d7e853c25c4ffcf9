"""How much an organisation may have: members, API keys, plans made on one day. The platform sets the numbers."""

from ..models import Membership, Organisation


class RefusedChange(ValueError):
    """A change that would do harm, or more than is allowed; the message is for the page."""


def check_members(organisation: Organisation, new: int = 1) -> None:
    """RefusedChange when `new` more would be too many. Call it with the organisation's row locked."""
    members = Membership.objects.for_organisation(organisation).count()
    if members + new > organisation.most_members:
        _refuse(organisation, organisation.most_members, "members", f"{members:,} are there")


def check_api_keys(organisation: Organisation, in_force: int) -> None:
    """RefusedChange when `in_force` keys are all that the organisation may have."""
    if in_force >= organisation.most_api_keys:
        _refuse(organisation, organisation.most_api_keys, "API keys", f"{in_force:,} are in force")


def check_plans(organisation: Organisation, made_today: int, new: int = 1) -> None:
    """RefusedChange when `new` more plans would be more than may be made on one day."""
    if made_today + new > organisation.most_plans_per_day:
        _refuse(organisation, organisation.most_plans_per_day, "plans a day", f"{made_today:,} were made today")


def _refuse(organisation, most, what, now):
    raise RefusedChange(
        f"{organisation} may have {most:,} {what} at most, and {now}. The platform can raise the limit."
    )
