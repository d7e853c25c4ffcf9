"""Forms for looking after people and organisations."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from ..models import Membership, Organisation, User
from ..permissions import Role
from . import accounts_bulk, bulk, search
from .notes import MOST_LETTERS
from .organisations import LIMITS

ROLE_OPTIONS = [(role.value, role.label) for role in Role]
MOST_REASON = 300


class _Filter(forms.Form):
    """Read from the address. What it does not know is ignored, not an error: an old link still leads somewhere."""

    q = forms.CharField(label="Name or address", required=False, max_length=150)

    def values(self) -> dict:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class MemberFilter(_Filter):
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "Every role"), *ROLE_OPTIONS])
    state = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Any status"), *((state.value, state.label) for state in search.State)],
    )
    seen = forms.ChoiceField(
        label="Signed in", required=False, choices=[("", "At any time"), *search.SEEN_WORDS.items()]
    )
    sort = forms.ChoiceField(label="Order", required=False, choices=list(search.SORTS.items()))


class PeopleFilter(_Filter):
    state = forms.ChoiceField(label="Accounts", required=False, choices=[("", "All"), *search.ACCOUNT_STATES.items()])
    seen = forms.ChoiceField(
        label="Signed in", required=False, choices=[("", "At any time"), *search.SEEN_WORDS.items()]
    )
    organisation = forms.ModelChoiceField(
        label="Organisation", required=False, queryset=Organisation.objects.all(), empty_label="All"
    )
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "Every role"), *ROLE_OPTIONS])
    factor = forms.ChoiceField(
        label="Second factor", required=False, choices=[("", "All"), *search.FACTOR_WORDS.items()]
    )
    sort = forms.ChoiceField(label="Order", required=False, choices=list(search.SORTS.items()))

    def values(self) -> dict:
        values = super().values()
        return values | ({"organisation": values["organisation"].pk} if "organisation" in values else {})


class _SuspensionFields(forms.Form):
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=MOST_REASON,
        help_text="Read by the administrators, and by the person in the copy of what is stored about them.",
    )
    until = forms.DateField(
        label="Ends on (optional)",
        required=False,
        widget=forms.SelectDateWidget,
        help_text="The suspension ends by itself at the beginning of this day. Left blank: until somebody ends it.",
    )

    def clean_until(self):
        """The first instant of the day, or None."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        today = timezone.localdate()
        if not today < day <= today + timedelta(days=3 * 366):
            raise forms.ValidationError("The day must be after today, and within three years")
        return timezone.make_aware(datetime.combine(day, time(0)))


class SuspensionForm(_SuspensionFields):
    """Suspending one member."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        self.fields["reason"].error_messages["required"] = "Say why the person is suspended"


class BulkForm(_SuspensionFields):
    """Who is chosen, and what is to be done to them. `memberships` are the organisation's."""

    field_order = ["action", "role", "reason", "until"]

    member = forms.ModelMultipleChoiceField(queryset=Membership.objects.none(), required=False)
    everyone = forms.BooleanField(required=False)
    action = forms.ChoiceField(
        label="What to do",
        choices=[("", "Choose"), *((action.value, action.label) for action in bulk.Action)],
        error_messages={"required": "Choose what to do"},
    )
    role = forms.ChoiceField(label="Role, to give one", required=False, choices=[("", "Choose"), *ROLE_OPTIONS])

    def __init__(self, *args, memberships, **kwargs):
        # It stands on one page with the filter, which has a role, too.
        kwargs.setdefault("auto_id", "several_%s")
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = memberships
        self.fields["reason"].label = "Why, to suspend"
        self.fields["until"].label = "Back on, to suspend (optional)"

    def clean(self):
        data = super().clean()
        if data.get("action") == bulk.Action.GRANT and not data.get("role"):
            self.add_error("role", "Choose the role that they are to get")
        if data.get("action") == bulk.Action.SUSPEND and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why they are suspended")
        if not data.get("everyone") and not data.get("member") and "member" not in self.errors:
            self.add_error(None, "Choose at least one person")
        return data

    def change(self) -> bulk.Change:
        data = self.cleaned_data
        role = Role(data["role"]) if data["role"] else None
        return bulk.Change(bulk.Action(data["action"]), role=role, reason=data["reason"], until=data["until"])


class AccountsForm(forms.Form):
    """Which accounts are chosen, what is to be done to them, and why."""

    field_order = ["action", "reason"]

    person = forms.ModelMultipleChoiceField(queryset=User.objects.all(), required=False)
    everyone = forms.BooleanField(required=False)
    action = forms.ChoiceField(
        label="What to do",
        choices=[("", "Choose"), *((action.value, action.label) for action in accounts_bulk.Action)],
        error_messages={"required": "Choose what to do"},
    )
    reason = forms.CharField(
        label="Why",
        max_length=MOST_REASON,
        help_text="Kept as a note about each person, which they may read in the copy of what is stored about them.",
        error_messages={"required": "Say why"},
    )

    def clean(self):
        data = super().clean()
        if not data.get("everyone") and not data.get("person") and "person" not in self.errors:
            self.add_error(None, "Choose at least one person")
        return data

    def chosen_action(self) -> accounts_bulk.Action:
        return accounts_bulk.Action(self.cleaned_data["action"])


class MemberFileForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file", "empty": "The file is empty"},
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label="New note",
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The person may read it in the copy of what is stored about them. No health details.",
        error_messages={"required": "Write something"},
    )


class NewOrganisationForm(forms.Form):
    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the name"})
    ods_code = forms.CharField(
        label="ODS code (optional)", max_length=10, required=False, help_text="Organisation Data Service, e.g. RX1."
    )
    administrator_name = forms.CharField(
        label="Full name of its first administrator",
        max_length=150,
        error_messages={"required": "Enter the full name of the first administrator"},
    )
    administrator_email = forms.EmailField(
        label="Email address of its first administrator",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the email address of the first administrator"},
    )


class AdministratorForm(forms.Form):
    full_name = forms.CharField(label="Full name", max_length=150, error_messages={"required": "Enter a full name"})
    email = forms.EmailField(
        label="Email address",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter an email address"},
    )


class LimitsForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = LIMITS
        labels = {
            "most_members": "Members at most",
            "most_api_keys": "API keys at most",
            "most_plans_per_day": "Plans made on one day at most",
        }
        help_texts = {"most_plans_per_day": "Scenarios count as well, and a week as its days."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.max_value = 1_000_000
            field.widget.attrs["inputmode"] = "numeric"


class OrganisationSuspensionForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=MOST_REASON,
        help_text="Its people read this on every page. Name nobody.",
        error_messages={"required": "Say why: the people of the organisation will read it"},
    )
