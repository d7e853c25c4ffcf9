"""A link between two visits of a day, as it is seen from one of them."""

from django import forms

from .models import Visit, VisitLink
from .services.visit_links import MOST_GAP

AFTER, BEFORE, NO_ORDER = "after", "before", "none"
ANYBODY, SAME, DIFFERENT = "anybody", "same", "different"


class LinkForm(forms.Form):
    """`visit`: whose page it is on; `link`: the one that is changed. Valid, it has `first`, `second` and `values` as
    `services.link_visits` takes them.
    """

    other = forms.CharField(
        label="Reference of the other visit",
        max_length=40,
        help_text="A visit of this team on the same day.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "visits-of-the-day"}),
    )
    order = forms.ChoiceField(label="Which comes first?", widget=forms.RadioSelect, initial=AFTER)
    least_gap = forms.IntegerField(
        label="Least minutes between the starts", min_value=0, max_value=MOST_GAP, required=False
    )
    most_gap = forms.IntegerField(
        label="Most minutes between the starts", min_value=0, max_value=MOST_GAP, required=False
    )
    apart = forms.BooleanField(
        label="Not at the same time", required=False, help_text="The later one starts once the earlier one is over."
    )
    people = forms.ChoiceField(
        label="Who makes them?",
        widget=forms.RadioSelect,
        choices=[(ANYBODY, "Anybody"), (SAME, "The same person"), (DIFFERENT, "Different people")],
        initial=ANYBODY,
    )
    together = forms.BooleanField(
        label="Both or neither", required=False, help_text="When one cannot be made, the other is not made either."
    )

    def __init__(self, *args, visit: Visit, link: VisitLink | None = None, **kwargs):
        super().__init__(*args, initial=_initial(visit, link) if link else None, **kwargs)
        self.visit, self.link = visit, link
        self.first = self.second = None
        self.values = {}
        self.fields["order"].choices = [
            (AFTER, f"{visit} comes after it"),
            (BEFORE, f"{visit} comes before it"),
            (NO_ORDER, "Either"),
        ]
        if link:
            del self.fields["other"]

    @property
    def of_the_day(self):
        """Open visits that can be named."""
        return Visit.objects.filter(team=self.visit.team_id, day=self.visit.day, state=Visit.State.OPEN).exclude(
            pk=self.visit.pk
        )

    def clean_other(self):
        """The visit of the day with that reference."""
        text = self.cleaned_data["other"].strip()
        if text.lower() == self.visit.reference.lower():
            raise forms.ValidationError("This is the visit itself. Name another one.")
        found = self.of_the_day.filter(reference__iexact=text).first()
        if found is None:
            elsewhere = Visit.objects.filter(team=self.visit.team_id, reference__iexact=text, state=Visit.State.OPEN)
            day = elsewhere.values_list("day", flat=True).order_by("day").first()
            if day:
                raise forms.ValidationError(f"That visit is on {day:%A %-d %B}: only visits of one day are linked.")
            raise forms.ValidationError("The team has no open visit with that reference on this day.")
        return found

    def clean(self):
        data = super().clean()
        order, least, most = data.get("order"), data.get("least_gap"), data.get("most_gap")
        if order == NO_ORDER and (least is not None or most is not None or data.get("apart")):
            self.add_error("order", "Minutes between them, or not at the same time: say which comes first.")
        if least is not None and most is not None and most < least:
            self.add_error("most_gap", "This is less than the least.")
        other = self.link and (self.link.second if self.link.first_id == self.visit.pk else self.link.first)
        other = other or data.get("other")
        if self.errors or other is None:
            return data
        self.first, self.second = (self.visit, other) if order == BEFORE else (other, self.visit)
        if order != NO_ORDER:
            least = max(least or 0, self.first.minutes if data["apart"] else 0)
        self.values = {
            "min_gap_minutes": least,
            "max_gap_minutes": most,
            "same_staff": data["people"] == SAME,
            "different_staff": data["people"] == DIFFERENT,
            "together": data["together"],
        }
        return data


def _initial(visit, link) -> dict:
    least, most, is_second = link.min_gap_minutes, link.max_gap_minutes, link.second_id == visit.pk
    order = NO_ORDER if least is None and most is None else AFTER if is_second else BEFORE
    apart = least is not None and least == link.first.minutes
    return {
        "order": order,
        "least_gap": None if apart else least,
        "most_gap": most,
        "apart": apart,
        "people": SAME if link.same_staff else DIFFERENT if link.different_staff else ANYBODY,
        "together": link.together,
    }
