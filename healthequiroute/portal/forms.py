"""The filters of Explore as a form. It validates nothing: `PriorityQuery` reads the address, the form shows it."""

from django import forms

from priorities.models import PriorityClass


class ExploreForm(forms.Form):
    """Built from a query and the choices of the moment, so that the page after a GET shows what was asked."""

    patch = forms.ChoiceField(label="Areas of", required=False)
    theme = forms.ChoiceField(label="Colour of the map", required=False)
    priority = forms.MultipleChoiceField(
        label="Priority",
        required=False,
        choices=[(str(number), label) for number, label in reversed(PriorityClass.choices)],
        widget=forms.CheckboxSelectMultiple,
    )
    core20 = forms.BooleanField(label="Core20 only (most deprived fifth)", required=False)
    authority = forms.ChoiceField(label="Local authority", required=False)
    indicator = forms.ChoiceField(label="Indicator", required=False)
    low = forms.CharField(label="From", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    high = forms.CharField(label="To", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def __init__(self, *, query, patches, themes, authorities, indicators, entered=None):
        super().__init__(
            auto_id="filter-%s",
            initial={
                "patch": query.patch,
                "theme": query.theme,
                "priority": [str(number) for number in query.priorities],
                "core20": query.core20,
                "authority": query.authorities[0] if query.authorities else "",
                **(entered or {}),
            },
        )
        for name, choices in (
            ("patch", patches),
            ("theme", themes),
            ("authority", authorities),
            ("indicator", indicators),
        ):
            self.fields[name].choices = choices
