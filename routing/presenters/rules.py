"""What the judge says of a plan, for pages."""

from routing.models import PlanVersion
from routing.plan_verdicts import PlanVerdict, verdict_of, verdict_of_version
from routing.services.versions import CHANGEABLE

from .wording import counted

LATE = "The day runs late. If nothing is changed, this will be so:"
KNOWN = "Known, from what happened that day:"
BROKEN = "As people, shifts and visits are now:"


def rules_text(judged: PlanVerdict) -> str:
    """The end of a sentence, with its full stop."""
    if judged.broken:
        return f"{counted(len(judged.broken), 'rule is', 'rules are')} broken."
    if judged.late:
        return f"no rule is broken yet, {counted(len(judged.late), 'rule')} will be."
    if judged.known:
        return "no rule is broken but those known from the day."
    return "no rule is broken."


def rule_groups(judged: PlanVerdict) -> list[dict]:
    """Headings with lines: what is broken, what will be, what is known."""
    groups = ((BROKEN, judged.broken), (LATE, judged.late), (KNOWN, judged.known))
    return [{"head": head, "lines": lines} for head, lines in groups if lines]


def version_rules(version: PlanVersion) -> dict | None:
    """Text, colour and groups for one version: the one that the plan shows as the plan itself, an earlier one as it
    would be if it came back now; None where it cannot, whatever the judge says.
    """
    is_shown = version.number == version.plan.version
    if not is_shown and version.plan.state not in CHANGEABLE:
        return None
    judged = verdict_of(version.plan) if is_shown else verdict_of_version(version)
    text = rules_text(judged)
    if not is_shown:
        text = "it cannot come back." if judged.broken else "it can come back: " + text
    css = "her-verdict--bad" if judged.broken else "her-verdict--warning" if judged.late else ""
    return {"text": text, "css": css, "groups": rule_groups(judged)}
