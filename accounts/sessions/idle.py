"""How long somebody may do nothing before their session ends: as the house says, or sooner where an organisation of
theirs says so.
"""

from django.conf import settings
from django.db.models import Min


def idle_seconds_of(user_id) -> int:
    """The shortest of the house's time and those of the organisations that the person belongs to."""
    house = settings.SESSION_IDLE_SECONDS
    if not user_id:
        return house
    from ..models import Membership

    held = Membership.objects.in_force().filter(user=user_id)
    minutes = held.aggregate(shortest=Min("organisation__idle_minutes"))["shortest"]
    return house if minutes is None else min(house, 60 * minutes)
