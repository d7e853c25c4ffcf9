"""What somebody may ask of the trail."""

from uuid import UUID

from django import forms
from django.db.models import Q

from ..models import ActorPseudonym, Membership
from ..presenters import ACTION_WORDS, action_text
from .reading import Filter
from .recording import READING
from .words import group_text

DAY = {
    "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "input_formats": ["%Y-%m-%d", "%d/%m/%Y"],
    "required": False,
    "error_messages": {"invalid": "Enter a day that exists, such as 23/11/2026."},
}


def group_choices() -> list[tuple[str, str]]:
    groups = {action.partition(".")[0] for action in ACTION_WORDS}
    return [("", "All"), *sorted(((group, group_text(group)) for group in groups), key=lambda choice: choice[1])]


class TrailForm(forms.Form):
    """The filters of the audit pages. Everything is optional; all of it is in the address."""

    group = forms.ChoiceField(label="Kind of action", required=False)
    action = forms.ChoiceField(label="Action", required=False)
    person = forms.CharField(
        label="Person",
        required=False,
        max_length=150,
        help_text="Name or email address of a member, or a pseudonym.",
    )
    object = forms.CharField(
        label="Identifier", required=False, max_length=60, help_text="Of the plan, person or file it concerns."
    )
    since = forms.DateField(label="From", **DAY)
    until = forms.DateField(label="To", **DAY)
    readings = forms.BooleanField(label="Readings of personal data only", required=False)

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["group"].choices = group_choices()
        actions = sorted(((action, action_text(action)) for action in ACTION_WORDS), key=lambda choice: choice[1])
        self.fields["action"].choices = [("", "All"), *actions]

    def clean_person(self):
        """The pseudonym. Names are looked up among the organisation's own people, and nowhere else."""
        text = self.cleaned_data["person"].strip()
        if not text or _is_uuid(text):
            return text.lower()
        found = _pseudonyms(self.organisation, text)
        if len(found) == 1:
            return found[0]
        words = f"{len(found)} members match; give more of the name" if found else "No member of this name did anything"
        raise forms.ValidationError(f"{words}.")

    def clean(self):
        values = super().clean()
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day must not come before the first.")
        return values

    def filter(self) -> Filter:
        """What was asked; what is wrong is left out (the form says so)."""
        values = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        return Filter(
            organisation_id=self.organisation.pk if self.organisation is not None else None,
            group=values.get("group") or "",
            action=READING if values.get("readings") else values.get("action") or "",
            actor=values.get("person") or "",
            target_id=values.get("object") or "",
            since=values.get("since"),
            until=values.get("until"),
        )


class PeriodForm(forms.Form):
    """The period of a compliance report."""

    since = forms.DateField(label="From", **DAY)
    until = forms.DateField(label="To", **DAY)

    def clean(self):
        values = super().clean()
        if values.get("since") and values.get("until") and values["until"] < values["since"]:
            self.add_error("until", "The last day must not come before the first.")
        return values


def _is_uuid(text) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _pseudonyms(organisation, text) -> list[str]:
    if organisation is None:
        return []
    members = Membership.objects.for_organisation(organisation)
    members = members.filter(Q(user__email__iexact=text) | Q(user__full_name__icontains=text))
    known = ActorPseudonym.objects.filter(user__in=members.values("user"))
    return [str(actor_id) for actor_id in known.values_list("actor_id", flat=True)[:20]]
