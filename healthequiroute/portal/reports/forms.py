"""The form of a report: what, about what, when, to whom."""

from django import forms

from accounts.models import User
from lsoa.models import Patch
from routing.models import Team

from ..models import Cadence, Report
from ..models.reports import LAST_MONTH_DAY
from .kinds import KINDS, kinds_for
from .recipients import candidates

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class ReportForm(forms.ModelForm):
    """`user`: who makes or changes it. Teams, patches and people are those of the organisation alone."""

    kind = forms.ChoiceField(label="Kind of report", widget=forms.RadioSelect)
    hour = forms.TypedChoiceField(label="Hour", choices=HOURS, coerce=int, help_text="Time in the United Kingdom.")
    month_day = forms.IntegerField(
        label="Day of the month", min_value=1, max_value=LAST_MONTH_DAY, required=False,
        help_text="For every month: 1 to 28.",
    )  # fmt: skip
    recipients = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Who is told when it is ready",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever leaves, is suspended or may not read it any more is told nothing.",
    )

    class Meta:
        model = Report
        fields = ("name", "kind", "team", "patch", "span", "cadence", "weekday", "month_day", "hour", "recipients")
        labels = {"name": "Name", "span": "Period", "cadence": "When it is made", "weekday": "Day of the week"}
        help_texts = {"weekday": "For every week."}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        organisation = self.instance.organisation
        kinds = kinds_for(user, organisation)
        labels = dict(Report._meta.get_field("kind").choices)
        self.fields["kind"].choices = [(kind, labels[kind]) for kind in kinds]
        self.fields["kind"].choice_hints = {kind: KINDS[kind].use for kind in kinds}
        self.fields["team"].queryset = Team.objects.for_organisation(organisation).order_by("name")
        self.fields["team"].empty_label = "Every team, each by itself"
        self.fields["team"].help_text = "For reports about visits, plans and workload."
        self.fields["patch"].queryset = Patch.objects.for_organisation(organisation).order_by("name")
        self.fields["patch"].empty_label = "Every patch, each by itself"
        self.fields["patch"].help_text = "For priorities."
        known = {person.pk for kind in kinds for person in candidates(organisation, kind)}
        people = User.objects.filter(pk__in=known).order_by("full_name", "email")  # unscoped: members found above
        self.fields["recipients"].queryset = people

    def clean(self):
        data = super().clean()
        kind = data.get("kind")
        if kind:
            about = KINDS[kind].about
            data["team"] = data.get("team") if about == "team" else None
            data["patch"] = data.get("patch") if about == "patch" else None
            self._check_recipients(kind, data.get("recipients"))
        data["month_day"] = data.get("month_day") or self.instance.month_day or 1
        return data

    def _check_recipients(self, kind, chosen):
        allowed = {person.pk for person in candidates(self.instance.organisation, kind)}
        without = [str(person) for person in chosen or () if person.pk not in allowed]
        if without:
            self.add_error("recipients", f"May not read reports of this kind: {', '.join(without)}.")

    @property
    def schedule_fields(self):
        return [self[name] for name in ("cadence", "weekday", "month_day", "hour")]

    @property
    def is_scheduled(self) -> bool:
        return self.cleaned_data["cadence"] != Cadence.BY_HAND
