"""Forms about people and the audit trail."""

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from .models import User
from .permissions import Role

ROLES = [(role.value, f"{role.label}: {role.description[0].lower()}{role.description[1:]}") for role in Role]


class SignInForm(LoginForm):
    """allauth's form in our words, without placeholders that vanish while one types."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email address"
        self.fields["login"].error_messages |= {"required": "Enter your email address"}
        self.fields["password"].error_messages |= {"required": "Enter your password"}
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class RolesForm(forms.Form):
    """Which roles somebody holds in the organisation."""

    roles = forms.MultipleChoiceField(
        choices=ROLES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role"},
    )


class NewMemberForm(RolesForm):
    """Somebody to add to the organisation."""

    field_order = ["email", "full_name", "roles"]

    email = forms.EmailField(
        label="Email address",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter an email address"},
    )
    full_name = forms.CharField(label="Full name", max_length=150, error_messages={"required": "Enter a full name"})


class NewUserForm(AdminUserCreationForm):
    """A person made in the administration."""

    class Meta:
        model = User
        fields = ("email", "full_name")

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class ChangeUserForm(UserChangeForm):
    """A person changed in the administration."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {}

    def clean_is_platform_administrator(self):
        """The platform keeps an administrator who can sign in."""
        wanted = self.cleaned_data["is_platform_administrator"]
        others = User.objects.filter(is_platform_administrator=True, is_active=True).exclude(pk=self.instance.pk)
        if not wanted and self.instance.is_platform_administrator and not others.exists():
            raise forms.ValidationError("The platform would be left without an administrator. Make another one first.")
        return wanted

    def clean_email(self):
        return self.cleaned_data["email"].lower()
