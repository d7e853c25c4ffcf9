"""The form with which platform administrators make and change a feed."""

from django import forms

from accounts.models import Organisation

from .models import Feed


class FeedForm(forms.Form):
    """Times in minutes; the service checks what is true of a feed whoever makes it."""

    name = forms.CharField(max_length=100, error_messages={"required": "Enter a name"})
    subject = forms.ChoiceField(choices=Feed.Subject.choices)
    provider = forms.ChoiceField(
        label="How it is reached",
        choices=Feed.Provider.choices,
        widget=forms.RadioSelect,
        initial=Feed.Provider.FILE_DROP,
    )
    location = forms.CharField(
        max_length=300,
        label="Folder or address",
        help_text="A folder below the one for dropped files, such as ambulance/live, or an address that starts with https://",
        error_messages={"required": "Enter a folder or an address"},
    )
    interval_minutes = forms.FloatField(
        label="Ask every (minutes)", min_value=0.5, max_value=1_440, initial=15,
        error_messages={"min_value": "Enter at least half a minute", "max_value": "Enter at most a day (1,440)"},
    )  # fmt: skip
    stale_after_minutes = forms.FloatField(
        label="Out of date after (minutes)", min_value=1, max_value=44_640, initial=120,
        error_messages={"min_value": "Enter at least one minute", "max_value": "Enter at most a month (44,640)"},
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.order_by("name"), required=False, empty_label="Everybody", label="Who sees it"
    )

    @classmethod
    def initial_of(cls, feed: Feed) -> dict:
        return {
            "name": feed.name,
            "subject": feed.subject,
            "provider": feed.provider,
            "location": feed.location,
            "interval_minutes": feed.interval_seconds / 60,
            "stale_after_minutes": feed.stale_after_seconds / 60,
            "organisation": feed.organisation_id,
        }

    def fields_of_feed(self) -> dict:
        """What the service takes."""
        data = dict(self.cleaned_data)
        data["interval_seconds"] = round(60 * data.pop("interval_minutes"))
        data["stale_after_seconds"] = round(60 * data.pop("stale_after_minutes"))
        return data

    def add_refusal(self, refusal) -> None:
        """What the service found wrong, beside its field where the form has that field."""
        for field, messages in getattr(refusal, "message_dict", {"__all__": refusal.messages}).items():
            place = {"interval_seconds": "interval_minutes"}.get(field, field)
            for message in messages:
                self.add_error(place if place in self.fields else None, message)
