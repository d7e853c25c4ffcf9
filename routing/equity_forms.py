"""What is asked of the equity pages: team, period, day or plan. Page, file and API read the same question."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from .equity_reading import Period, PeriodKind, latest_day
from .models import RoutePlan, Team

PERIODS = [
    (PeriodKind.WEEK.value, "A week"),
    (PeriodKind.FOUR_WEEKS.value, "Four weeks"),
    (PeriodKind.PLAN.value, "One plan"),
]
# Whatever has plans lies between them; a day beyond is a slip of the pen.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
# Plans to choose among: the newest.
MOST_PLANS = 60


class OfOrganisationField(forms.ModelChoiceField):
    """Says the same of an identifier that is none and of one that is somebody else's."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class PeriodForm(forms.Form):
    """Left blank, everything has a sensible answer: the first team, the week of its newest binding plan."""

    team = OfOrganisationField(
        Team.objects.none(),
        empty_label=None,
        required=False,
        error_messages={"invalid_choice": "Choose a team of your organisation."},
    )
    period = forms.ChoiceField(
        choices=PERIODS,
        required=False,
        label="Period",
        error_messages={"invalid_choice": "Choose a week, four weeks or one plan."},
    )
    day = forms.DateField(
        label="Week that includes this day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %m %Y"],
        help_text="Four weeks end with it. For example, 2026-11-23.",
        error_messages={"invalid": "Enter a day that exists, such as 2026-11-23."},
    )
    plan = OfOrganisationField(
        RoutePlan.objects.none(),
        label="Plan",
        required=False,
        empty_label="None",
        help_text="For the period of one plan.",
        error_messages={"invalid_choice": "Choose a plan of that team that has been optimised."},
    )

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["team"].queryset = Team.objects.for_organisation(organisation)
        self.fields["plan"].queryset = (
            RoutePlan.objects.for_organisation(organisation).filter(optimised_at__isnull=False).select_related("team")
        )

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(f"Enter a day from {FIRST_DAY} to {LAST_DAY}: found {day}.")
        return day

    def clean(self):
        """`cleaned_data["asked"]` is the Period; None where there is nothing to show yet."""
        data = super().clean()
        if self.errors:
            return data
        team, plan, kind = data.get("team"), data.get("plan"), data.get("period")
        if plan and (kind or PeriodKind.PLAN) == PeriodKind.PLAN:
            if team and plan.team_id != team.pk:
                self.add_error("plan", self.fields["plan"].error_messages["invalid_choice"])
            data["asked"] = Period.of_plan(plan)
            return data
        if kind == PeriodKind.PLAN:
            self.add_error("plan", "Choose the plan.")
            return data
        team = team or self.fields["team"].queryset.order_by("name").first()
        day = team and (data.get("day") or latest_day(team))
        of = Period.of_four_weeks if kind == PeriodKind.FOUR_WEEKS else Period.of_week
        data["asked"] = of(team, day) if day else None
        data["team"] = team
        return data

    def shown(self, period) -> "PeriodForm":
        """The form filled in with what is shown, to ask for something else."""
        initial = {"period": PeriodKind.WEEK.value}
        if period is not None:
            initial = {
                "team": period.team.pk,
                "period": period.kind.value,
                "day": period.last_day,
                "plan": period.plan and period.plan.pk,
            }
        form = PeriodForm(initial=initial, organisation=self.organisation)
        plans = form.fields["plan"].queryset.order_by("-day", "-created_at")
        if period is not None:
            plans = plans.filter(team=period.team)
        form.fields["plan"].choices = [("", "None"), *((plan.pk, str(plan)) for plan in plans[:MOST_PLANS])]
        return form
