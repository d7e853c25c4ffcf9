"""History of the rows that say who is who and who may do what. No name, no address, no password."""

from ..trail.history import follow
from .people import Membership, Organisation, User

follow(User, ["is_active", "is_platform_administrator", "is_break_glass", "is_demo"])
follow(Membership, ["user", "organisation", "roles", "suspended_at"])
follow(
    Organisation,
    ["name", "ods_code", "sign_in_domains", "most_members", "most_api_keys", "most_plans_per_day", "suspended_at"],
)
