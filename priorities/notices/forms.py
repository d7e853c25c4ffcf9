"""The form of a rule about areas."""

from django import forms
from django.db.models import Q

from accounts.models import NotificationRule
from lsoa.models import Area, Indicator, Patch
from priorities.models import PriorityClass

from .figures import FIGURE
from .moves import MOVE

MOST_AREAS = 100
ABOUT = [(MOVE, "The priority class of areas changes"), (FIGURE, "A figure passes a limit")]
CHANGES = [
    ("reaches", "An area becomes at least as urgent as the class below"),
    ("leaves", "An area is no longer as urgent as the class below"),
    ("rises", "An area becomes more urgent, whatever its class"),
    ("falls", "An area becomes less urgent, whatever its class"),
    ("changes", "An area changes its class"),
]
SIDES = [("above", "Goes above the limit"), ("below", "Goes below the limit")]


class RuleForm(forms.Form):
    """What `rule` gives is a NotificationRule that is checked and not saved. `may_share`: whether the person may make
    rules for the whole organisation.
    """

    name = forms.CharField(
        label="Name of the rule",
        max_length=100,
        help_text="Such as “East side”. No names of people.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter a name"},
    )
    whose = forms.ChoiceField(
        label="Who is told",
        choices=[("own", "Only me"), ("organisation", "Everybody in the organisation who sees plans")],
        widget=forms.RadioSelect,
        initial="own",
    )
    trigger = forms.ChoiceField(
        label="What it is about",
        choices=ABOUT,
        widget=forms.RadioSelect,
        initial=MOVE,
        error_messages={"required": "Choose what the rule is about"},
    )
    patch = forms.ChoiceField(label="Areas of this patch", required=False)
    areas = forms.CharField(
        label="Or these areas",
        required=False,
        max_length=2_000,
        help_text="LSOA codes such as E01000001, with blanks or on lines of their own. For classes only.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off"}),
    )
    change = forms.ChoiceField(label="Change of class", choices=CHANGES, initial="reaches", required=False)
    level = forms.TypedChoiceField(
        label="Class", choices=PriorityClass.choices[::-1], coerce=int, initial=3, required=False, empty_value=3
    )
    indicator = forms.ChoiceField(label="Figure", required=False)
    side = forms.ChoiceField(label="Direction", choices=SIDES, initial="above", required=False)
    limit = forms.FloatField(
        label="Limit",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "Enter the limit as a number, such as 40 or 12.5"},
    )

    def __init__(self, *args, organisation, may_share: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        patches = Patch.objects.for_organisation(organisation).order_by("name")
        self.fields["patch"].choices = [("", "Choose a patch"), *((str(one.pk), one.name) for one in patches)]
        known = Indicator.objects.filter(Q(organisation__isnull=True) | Q(organisation=organisation))
        names = [(one.code, one.name) for one in known.order_by("name")]
        self.fields["indicator"].choices = [("", "Choose a figure"), *names]
        if not may_share:
            del self.fields["whose"]

    @staticmethod
    def initial_of(rule: NotificationRule) -> dict:
        condition = rule.condition
        return {
            "name": rule.name,
            "whose": "own" if rule.user_id else "organisation",
            "trigger": rule.trigger,
            "patch": condition.get("patch", ""),
            "areas": " ".join(condition.get("areas", [])),
            "change": condition.get("change", "reaches"),
            "level": condition.get("class", 3),
            "indicator": condition.get("indicator", ""),
            "side": condition.get("side", "above"),
            "limit": condition.get("limit"),
        }

    def clean_areas(self):
        codes = sorted(set(self.cleaned_data["areas"].upper().replace(",", " ").split()))
        if len(codes) > MOST_AREAS:
            raise forms.ValidationError(f"Enter {MOST_AREAS} areas at most; choose a patch for more")
        known = set(Area.objects.filter(code__in=codes).values_list("code", flat=True))
        unknown = [code[:20] for code in codes if code not in known]
        if unknown:
            raise forms.ValidationError(f"Not known: {', '.join(unknown[:5])}. Enter codes such as E01000001")
        return codes

    def clean(self):
        given = super().clean()
        if given.get("trigger") == FIGURE:
            self._check_figure(given)
        elif not given.get("patch") and not given.get("areas") and "areas" not in self.errors:
            self.add_error("patch", "Choose a patch, or enter areas")
        return given

    def _check_figure(self, given) -> None:
        if not given.get("patch"):
            self.add_error("patch", "Choose a patch")
        if not given.get("indicator"):
            self.add_error("indicator", "Choose a figure")
        if given.get("limit") is None and "limit" not in self.errors:
            self.add_error("limit", "Enter the limit")

    def rule(self, *, user, kept: NotificationRule | None = None) -> NotificationRule:
        """A new rule of `user` (or of the organisation), or `kept` changed."""
        given = self.cleaned_data
        rule = kept or NotificationRule(organisation=self.organisation)
        if kept is None:
            rule.user = None if given.get("whose") == "organisation" else user
        rule.name, rule.trigger = given["name"], given["trigger"]
        place = {"areas": given["areas"]} if given["areas"] and given["trigger"] == MOVE else {"patch": given["patch"]}
        if rule.trigger == MOVE:
            rule.condition = place | {"change": given["change"] or "reaches", "class": given["level"]}
        else:
            rule.condition = {"patch": given["patch"], "indicator": given["indicator"]}
            rule.condition |= {"side": given["side"] or "above", "limit": given["limit"]}
        return rule
