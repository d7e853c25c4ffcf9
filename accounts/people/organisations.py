"""Every write about organisations: making one with its first administrator, settings, limits, suspension."""

from datetime import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.utils import timezone

from .. import audit, jobs, services
from ..models import Membership, Organisation, User
from ..models.people import IDLE_MINUTES
from ..permissions import Role
from .limits import RefusedChange
from .own_periods import out_of_bounds

# What an organisation's administrators decide.
SETTINGS = (
    *("name", "ods_code", "sign_in_domains", "idle_minutes", "review_months", "search_seconds", "holds_core20"),
    *("shares_work", "travel_profile", "shift_starts", "shift_ends", "shift_break_minutes", "privacy_contact"),
    "retention_days",
)
# An address might be somebody's own in spite of what the page says, and the trail forgets nothing.
UNTOLD = {"privacy_contact"}
LIMITS = ("most_members", "most_api_keys", "most_plans_per_day")
valid_domain = RegexValidator(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")
# Codes of the Organisation Data Service: letters and figures, no place of meaning that could be checked here.
valid_ods_code = RegexValidator(r"^[A-Z0-9]{3,10}$")
MOST_DOMAINS = 20


@transaction.atomic
def make_organisation(*, name: str, ods_code: str, administrator_email: str, administrator_name: str, by) -> Membership:
    """An organisation and its first administrator, whose account is made where the address has none. Returns their
    membership. RefusedChange for a name that is taken.
    """
    name = _free_name(name)
    organisation = services.create_organisation(name=name, ods_code=_ods_code(ods_code), by=by)
    return name_administrator(organisation=organisation, email=administrator_email, full_name=administrator_name, by=by)


@transaction.atomic
def name_administrator(*, organisation: Organisation, email: str, full_name: str, by) -> Membership:
    """Make somebody an administrator beside the roles they hold. RefusedChange as for every change of roles."""
    user = User.objects.filter(email=email.strip().lower()).first()
    membership = user and Membership.objects.for_organisation(organisation).filter(user=user).first()
    if not membership:
        roles = [Role.ADMINISTRATOR]
        return services.add_member(email=email, full_name=full_name, organisation=organisation, roles=roles, by=by)
    roles = {*membership.roles, Role.ADMINISTRATOR.value}
    return services.grant_roles(user=user, organisation=organisation, roles=roles, by=by)


@transaction.atomic
def change_settings(*, organisation: Organisation, by, **wanted) -> Organisation:
    """Any of `SETTINGS`: what an organisation's administrators decide. RefusedChange in words; the event names what was
    and what is, of the mailbox for privacy only that it changed.
    """
    unknown = set(wanted) - set(SETTINGS)
    if unknown:
        raise ValueError(f"No settings: {', '.join(sorted(unknown))}.")
    locked = _locked(organisation)
    if "name" in wanted:
        wanted["name"] = _free_name(wanted["name"], besides=locked)
    if "ods_code" in wanted:
        wanted["ods_code"] = _ods_code(wanted["ods_code"])
    if "sign_in_domains" in wanted:
        wanted["sign_in_domains"] = _domains(wanted["sign_in_domains"])
    _check_times(wanted)
    return _change(locked, wanted, "organisation.settings_changed", by)


def most_idle_minutes() -> int:
    """What an organisation may choose at most: the house's time."""
    return min(IDLE_MINUTES[1], settings.SESSION_IDLE_SECONDS // 60)


def _check_times(wanted) -> None:
    idle = wanted.get("idle_minutes")
    if idle is not None and not IDLE_MINUTES[0] <= idle <= most_idle_minutes():
        raise RefusedChange(f"Sessions may idle for {IDLE_MINUTES[0]} to {most_idle_minutes()} minutes here.")
    wrong = out_of_bounds(wanted.get("retention_days", {}))
    if wrong:
        raise RefusedChange(wrong)


@transaction.atomic
def change_limits(*, organisation: Organisation, by, **limits: int) -> Organisation:
    """Any of `LIMITS`. Below what is there already nothing is taken away: nothing more is added."""
    unknown = set(limits) - set(LIMITS)
    if unknown:
        raise ValueError(f"No limits: {', '.join(sorted(unknown))}.")
    return _change(_locked(organisation), limits, "organisation.limits_changed", by)


@transaction.atomic
def suspend(*, organisation: Organisation, reason: str, by) -> Organisation:
    """Nobody in it may act until it is restored; its background work is asked to stop. Nothing is deleted.

    RefusedChange without a reason: its people read it.
    """
    reason = reason.strip()
    if not reason:
        raise RefusedChange("Say why: the people of the organisation will read it.")
    locked = _locked(organisation)
    if locked.is_suspended:
        return locked
    locked.suspended_at, locked.suspended_reason = timezone.now(), reason[:300]
    locked.save(update_fields=["suspended_at", "suspended_reason"])
    stopped = jobs.stop_all(organisation=locked, by=by)
    details = {"jobs_stopped": stopped}
    audit.record(action="organisation.suspended", by=by, organisation=locked, target=locked, details=details)
    return locked


@transaction.atomic
def restore(*, organisation: Organisation, by) -> Organisation:
    """End the suspension. What was stopped is not begun again by itself."""
    locked = _locked(organisation)
    if locked.is_suspended:
        locked.suspended_at, locked.suspended_reason = None, ""
        locked.save(update_fields=["suspended_at", "suspended_reason"])
        audit.record(action="organisation.restored", by=by, organisation=locked, target=locked)
    return locked


@transaction.atomic
def show_setup(*, organisation: Organisation, shown: bool, by) -> Organisation:
    """Put the checklist of setting up away, or take it out again."""
    locked = _locked(organisation)
    if (locked.setup_hidden_at is None) != shown:
        locked.setup_hidden_at = None if shown else timezone.now()
        locked.save(update_fields=["setup_hidden_at"])
        details = {"shown": shown}
        audit.record(action="organisation.setup_shown", by=by, organisation=locked, target=locked, details=details)
    return locked


def _locked(organisation) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _change(locked, wanted, action, by) -> Organisation:
    before = {field: getattr(locked, field) for field in wanted}
    changed = {field: value for field, value in wanted.items() if before[field] != value}
    if not changed:
        return locked
    details = {"fields": sorted(changed)}
    for field, value in changed.items():
        setattr(locked, field, value)
        if field not in UNTOLD:
            details |= {f"{field}_from": _told(before[field]), f"{field}_to": _told(value)}
    locked.save(update_fields=list(changed))
    audit.record(action=action, by=by, organisation=locked, target=locked, details=details)
    return locked


def _told(value):
    """As the trail keeps it: times as 08:00, periods as rule=days."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, dict):
        return [f"{name}={days}" for name, days in sorted(value.items())]
    return value


def _free_name(name, besides=None) -> str:
    name = " ".join(name.split())
    if not name:
        raise RefusedChange("An organisation needs a name.")
    others = Organisation.objects.exclude(pk=besides.pk) if besides else Organisation.objects.all()
    if others.filter(name__iexact=name).exists():
        raise RefusedChange(f"There is an organisation named {name} already.")
    return name


def _ods_code(code) -> str:
    code = code.strip().upper()
    if code:
        _checked(valid_ods_code, code, f"{code} is no ODS code: 3 to 10 letters and figures, e.g. RX1.")
    return code


def _domains(domains) -> list[str]:
    found = sorted({domain.strip().lower().lstrip("@") for domain in domains if domain.strip()})
    if len(found) > MOST_DOMAINS:
        raise RefusedChange(f"At most {MOST_DOMAINS} domains.")
    for domain in found:
        _checked(valid_domain, domain, f"{domain[:80]} is no domain: it looks like example.nhs.uk.")
    return found


def _checked(validator, value, words):
    try:
        validator(value)
    except ValidationError as error:
        raise RefusedChange(words) from error
