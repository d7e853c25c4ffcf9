"""allauth's forms about second factors in our words, and codes that count once."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.conf import settings
from django.core.cache import cache

# A code is right in its own half minute and in the one before and after.
CODE_LIVES_SECONDS = 30 * (1 + 2 * settings.MFA_TOTP_TOLERANCE)
CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "size": 8}


def use_once(user, code: str) -> bool:
    """Whether the code of the person's app was not used before: whoever saw it typed cannot use it after them.

    allauth remembers codes for half a minute only, which is shorter than they live with MFA_TOTP_TOLERANCE.
    """
    key = f"second-factor-code:{user.pk}:{''.join(code.split())}"
    return cache.add(key, True, CODE_LIVES_SECONDS)


class _CodeForm:
    """The field that a code is typed into."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = self.label
        field.help_text = self.help_text
        field.error_messages["required"] = "Enter the code"
        field.widget.attrs = CODE_ATTRIBUTES


class _ShowCodeForm(_CodeForm):
    label = "Code"
    help_text = "The six digits that your authenticator app shows, or one of your recovery codes"

    def clean_code(self):
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not use_once(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_ShowCodeForm, base.AuthenticateForm):
    """After the password."""


class ReauthenticateForm(_ShowCodeForm, base.ReauthenticateForm):
    """To confirm that it is them."""


class SetUpAppForm(_CodeForm, totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    label = "Code"
    help_text = "The six digits that the app shows now"

    def clean_code(self):
        code = super().clean_code()
        if not use_once(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


# What the parsers below allauth raise for documents that are no credentials.
NO_CREDENTIAL = (AttributeError, KeyError, TypeError, ValueError, IndexError)


class _Credential:
    """What a browser says that it has signed; anything else is refused like a wrong signature."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages |= {"required": "The browser gave no passkey", "invalid": "Try again"}

    def clean_credential(self):
        return _or_refused(super().clean_credential)


def _or_refused(clean):
    try:
        return clean()
    except NO_CREDENTIAL as error:
        raise get_adapter().validation_error("incorrect_passkey") from error


class LoginPasskeyForm(_Credential, webauthn.LoginWebAuthnForm):
    """Instead of the password."""


class AuthenticatePasskeyForm(_Credential, webauthn.AuthenticateWebAuthnForm):
    """After the password."""


class ReauthenticatePasskeyForm(_Credential, webauthn.ReauthenticateWebAuthnForm):
    """To confirm that it is them."""


class _PasskeyName:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["name"]
        field.label, field.help_text, field.max_length = "Name", "By which you know it again", 60
        field.error_messages["required"] = "Enter a name"
        field.widget.attrs = {"autocomplete": "off", "maxlength": 60}


class SetUpPasskeyForm(_PasskeyName, webauthn.AddWebAuthnForm):
    """A passkey that the browser has made."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["passwordless"]
        field.label = "Also sign in with it alone, without the password"
        field.help_text = "The device then asks for your finger, your face or its PIN each time"

    def clean(self):
        return _or_refused(super().clean)


class RenamePasskeyForm(_PasskeyName, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""
