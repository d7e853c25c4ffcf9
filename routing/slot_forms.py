"""The form of a booking: what the visit needs, and on which days it may be."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError

from .civil_time import today
from .disruption_forms import NewVisitFields
from .services import NewVisit

MOST_DAYS = 14
MOST_SECONDS = 2 * 86_400


class SlotForm(NewVisitFields):
    """For one plan the days are its own; for a team a range of at most two weeks."""

    two_people = forms.BooleanField(label="Two people are needed at once", required=False)
    first_day = forms.DateField(label="First day", widget=forms.SelectDateWidget)
    last_day = forms.DateField(label="Last day", widget=forms.SelectDateWidget)

    def __init__(self, *args, team, plan=None, **kwargs):
        super().__init__(*args, organisation=team.organisation, **kwargs)
        if plan is not None:
            del self.fields["first_day"], self.fields["last_day"]
        elif not self.is_bound:
            self.initial.setdefault("first_day", today() + timedelta(days=1))
            self.initial.setdefault("last_day", today() + timedelta(days=7))

    def clean(self):
        data = super().clean()
        self.check_new_visit()
        first, last = data.get("first_day"), data.get("last_day")
        if first and last:
            if first <= today():
                self.add_error("first_day", "You can book from tomorrow on. For today, choose “Something happened”.")
            elif last < first:
                self.add_error("last_day", "The last day is before the first.")
            elif (last - first).days >= MOST_DAYS:
                self.add_error("last_day", f"At most {MOST_DAYS} days at once.")
        return data

    def booking(self, day: date) -> NewVisit:
        """The visit asked for, on that day."""
        return self.new_visit(day, staff_required=2 if self.cleaned_data["two_people"] else 1, prefix="booked")

    def add_refusal(self, error: ValidationError):
        """Errors of the service at the fields they are about."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, errors in by_field.items():
            name = {"minutes": "visit_minutes", "window": "closes"}.get(name, name)
            self.add_error(name if name in self.fields else None, errors)


class BookingForm(SlotForm):
    """The same with the slot that was chosen: `slot` is what `book_slot` takes."""

    places = forms.CharField(max_length=200, widget=forms.HiddenInput)
    start = forms.IntegerField(min_value=0, max_value=MOST_SECONDS, widget=forms.HiddenInput)
    latest = forms.IntegerField(min_value=0, max_value=MOST_SECONDS, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_places(self):
        """((reference, number of visits before), ...) from text such as nurse-01:2,nurse-02:0."""
        places = []
        for part in self.cleaned_data["places"].split(","):
            name, _, number = part.rpartition(":")
            if not name or not number.isdecimal() or len(number) > 3:
                raise ValidationError("The slot is not one that was offered: look for slots again.")
            places.append((name, int(number)))
        return tuple(places)

    @property
    def slot(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("places", "start", "latest", "version")}
