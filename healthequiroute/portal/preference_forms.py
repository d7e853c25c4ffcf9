"""The form of somebody's own settings."""

from django import forms

from accounts.models import TextSize, Theme
from accounts.people.preferences import FIELDS, landing_pages_of, preferences_of
from lsoa.models import Patch

TEXT_SIZES = [
    (TextSize.NORMAL.value, "Normal"),
    (TextSize.LARGER.value, "Larger (125%)"),
    (TextSize.LARGEST.value, "Largest (150%)"),
]
THEME_HINTS = {
    Theme.SYSTEM: "Light or dark, as your computer or phone is set",
    Theme.LIGHT: "Dark words on white",
    Theme.DARK: "Light words on a dark page, for dark rooms and at night",
    Theme.CONTRAST: "White words on black, with strong edges",
}


class PreferencesForm(forms.Form):
    """What is shown is what holds now; a page or patch that is gone is not offered and falls to the first choice."""

    theme = forms.ChoiceField(label="Colours", choices=Theme.choices, widget=forms.RadioSelect)
    text_size = forms.ChoiceField(
        label="Text size",
        choices=TEXT_SIZES,
        widget=forms.RadioSelect,
        help_text="On top of the zoom and the text size of your browser.",
    )
    landing_page = forms.ChoiceField(
        label="Page after signing in",
        required=False,
        help_text="Pages that your roles open. A link that somebody sent you still opens where it leads.",
    )
    default_patch = forms.ChoiceField(
        label="Your patch", required=False, help_text="Home and Explore open with the areas of this patch."
    )

    def __init__(self, data=None, *, user, organisation):
        chosen = preferences_of(user)
        super().__init__(data, initial={name: getattr(chosen, name) for name in FIELDS})
        open_to = choices_of(user, organisation)
        self.fields["landing_page"].choices = [("", "Home"), *open_to["landing_page"].items()]
        self.fields["default_patch"].choices = [
            ("", "All patches of the organisation"),
            *open_to["default_patch"].items(),
        ]
        if len(self.fields["default_patch"].choices) < 2:
            del self.fields["default_patch"]


def choices_of(user, organisation) -> dict[str, dict[str, str]]:
    """By field, what this person may choose and its words: pages that their roles open, patches of the organisation."""
    patches = Patch.objects.for_organisation(organisation).order_by("name") if organisation else Patch.objects.none()
    return {
        "landing_page": {page.name: page.text for page in landing_pages_of(user, organisation)},
        "default_patch": {patch.slug: patch.name for patch in patches},
    }
