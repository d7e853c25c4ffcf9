"""Wording for the pages about second factors and signed-in devices."""

from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.crypto import salted_hmac

from . import second_factor
from .store import SIGNED_IN


@dataclass(frozen=True)
class Factor:
    """One line of the page about signing in in two steps."""

    kind: str
    name: str
    added_at: datetime
    used_at: datetime | None
    links: list[tuple[str, str]]


def factors(authenticators) -> list[Factor]:
    """Lines for what a person signs in with beside the password."""
    return [_factor(each) for each in authenticators]


def why_set_up(user) -> str:
    """Why this person is, or may be, on the page that sets up a first second factor."""
    if not second_factor.is_required_for(user):
        return (
            "You do not have to have one. It makes your account safer: somebody who learns your password cannot sign in"
            " with it."
        )
    if user.needs_second_factor:
        reason = "An administrator has asked you to sign in with a second factor."
    else:
        reason = "You are an administrator, so what you change affects other people. A password alone is not enough."
    return f"{reason} You can use the portal once you have set one up."


def _factor(authenticator) -> Factor:
    kind, name, links = _WORDS[authenticator.type](authenticator)
    return Factor(kind, name, authenticator.created_at, authenticator.last_used_at, links)


def _app(authenticator):
    return "app", "Authenticator app", [("Remove", reverse("mfa_deactivate_totp"))]


def _passkey(authenticator):
    links = [
        ("Rename", reverse("mfa_edit_webauthn", args=[authenticator.pk])),
        ("Remove", reverse("mfa_remove_webauthn", args=[authenticator.pk])),
    ]
    return "passkey", f"Passkey: {authenticator.wrap().name}", links


def _codes(authenticator):
    left = len(authenticator.wrap().get_unused_codes())
    name = f"Recovery codes: {left} left"
    return "codes", name, [("Make new codes", reverse("mfa_generate_recovery_codes"))]


_WORDS = {
    Authenticator.Type.TOTP: _app,
    Authenticator.Type.WEBAUTHN: _passkey,
    Authenticator.Type.RECOVERY_CODES: _codes,
}


@dataclass(frozen=True)
class DeviceLine:
    """One browser in which somebody is signed in; `name` stands for it in addresses."""

    name: str
    device: str
    address: str
    since: datetime | None
    last_active_at: datetime
    is_here: bool


def device_lines(sessions, here: str) -> list[DeviceLine]:
    """Lines for sessions of one person, the one with the key `here` first, then the latest used."""
    lines = [_device_line(session, here) for session in sessions]
    return sorted(lines, key=lambda line: (not line.is_here, -line.last_active_at.timestamp()))


def _device_line(session, here) -> DeviceLine:
    signed_in = session.get_decoded().get(SIGNED_IN, {})
    return DeviceLine(
        name=public_name(session.session_key),
        device=signed_in.get("device") or "Another program",
        address=signed_in.get("address", ""),
        since=datetime.fromtimestamp(signed_in["at"], tz=UTC) if "at" in signed_in else None,
        last_active_at=session.last_active_at,
        is_here=session.session_key == here,
    )


def public_name(session_key: str) -> str:
    """A session's name in addresses: who has it does not have the session."""
    return salted_hmac("accounts.sessions.name", session_key, algorithm="sha256").hexdigest()[:32]


def owner_of(user) -> str:
    """Marks what a browser keeps as somebody's, without saying whose."""
    return salted_hmac("accounts.sessions.owner", str(user.pk), algorithm="sha256").hexdigest()[:16]
