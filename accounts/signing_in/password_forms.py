"""allauth's forms in which somebody chooses a password, in our words; and a rule that Django has no name for."""

from allauth.account import forms
from django.core.exceptions import ValidationError

HINT = "At least 12 characters. Three or four words that have nothing to do with each other are easy to remember."


class LongestLengthValidator:
    """More than this is no password that somebody chose, and each costs work to compare (ASVS 2.1.2)."""

    def __init__(self, max_length: int = 128):
        self.max_length = max_length

    def validate(self, password, user=None):
        if len(password) > self.max_length:
            raise ValidationError(f"This password is longer than {self.max_length} characters.", "password_too_long")

    def get_help_text(self):
        return f"Your password can have {self.max_length} characters at most."


class _NewPassword:
    """The first field shows how hard a password is to guess (static/src/js/password_strength.js)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first, again = self.fields["password1"], self.fields["password2"]
        first.label, first.help_text, again.label = "New password", HINT, "New password, once more"
        first.error_messages["required"] = "Enter a new password"
        again.error_messages["required"] = "Enter the new password again"
        if "oldpassword" in self.fields:
            self.fields["oldpassword"].label, self.fields["oldpassword"].help_text = "Password that you have now", ""
            self.fields["oldpassword"].error_messages["required"] = "Enter the password that you have now"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        first.widget.attrs["data-password-strength"] = "true"


class ConfirmForm(forms.ReauthenticateForm):
    """To confirm that it is them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = "Enter your password"
        self.fields["password"].widget.attrs.pop("placeholder", None)


class ChangePasswordForm(_NewPassword, forms.ChangePasswordForm):
    """By somebody who has one."""


class SetPasswordForm(_NewPassword, forms.SetPasswordForm):
    """By somebody who is signed in and has none."""


class FirstPasswordForm(_NewPassword, forms.ResetPasswordKeyForm):
    """From the link that an administrator hands over."""
