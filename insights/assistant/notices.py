"""What is said beside an answer when the checks find something. Sources of the addresses: NHS.UK and NHS Employers."""

from insights.safety import PLACEHOLDERS, Checked

from .shapes import Notice

EMERGENCY = Notice(
    "crisis",
    "If somebody is in danger now, call 999",
    (
        "This page cannot help in an emergency and nobody watches it. Call 999, or 112 from a mobile phone.",
        "For urgent medical advice that is no emergency, call 111. Then follow your organisation's procedure.",
    ),
)
PATIENT = Notice(
    "crisis",
    "If somebody may harm themselves, get help now",
    (
        "If their life is in danger or they have harmed themselves, call 999 and stay with them if it is safe.",
        "For urgent mental health help, call 111 and choose option 2, at any hour.",
        "Tell your local crisis team and the nurse in charge.",
        "Follow your organisation's safeguarding procedure. Nobody watches this page.",
    ),
)
STAFF = Notice(
    "crisis",
    "You do not have to carry this alone",
    (
        "If your life is in danger, call 999.",
        "For urgent mental health help, call 111 and choose option 2, at any hour.",
        "Samaritans listen day and night on 116 123, free of charge. Text SHOUT to 85258 if you would rather write.",
        "Your occupational health service and your line manager can help as well. Nobody watches this page.",
    ),
)
CRISIS = {"emergency": EMERGENCY, "self_harm_patient": PATIENT, "self_harm_staff": STAFF}
ADVICE = {
    "clinical": Notice(
        "advice",
        "No advice about a person",
        (
            "The portal is about areas. It is not a medical device and gives no advice about anybody's health.",
            "Ask the clinician in charge, the person's GP practice, or your local clinical advice line.",
        ),
    ),
    "medicine": Notice(
        "advice",
        "No advice about medicines",
        (
            "The portal is about areas. It gives no advice about doses, combinations or effects of medicines.",
            "Use the British National Formulary (BNF), and ask a pharmacist or the prescriber.",
        ),
    ),
}
REFUSED = Notice(
    "refused",
    "A part of your message was left out",
    (
        "It reads like an instruction to the assistant.",
        "Answers are written from data by fixed rules, which nothing in a message changes.",
    ),
)


def notices_of(checked: Checked) -> list[Notice]:
    """The crisis first; then what was taken out, refused and declined."""
    found = [CRISIS[alert] for alert in checked.alerts]
    if checked.removed:
        found.append(_removed(checked))
    if checked.refused:
        found.append(REFUSED)
    return found + ([ADVICE[checked.advice]] if checked.advice else [])


def removed_kinds(checked: Checked) -> tuple[str, ...]:
    """What was taken out, in words, each kind once."""
    return tuple(dict.fromkeys(PLACEHOLDERS[each.kind].strip("[]") for each in checked.removed))


def _removed(checked: Checked) -> Notice:
    kinds = ", ".join(removed_kinds(checked))
    words = (
        f"Taken out before anything was kept: {kinds}.",
        "The portal is about areas: please write no names, numbers or addresses of people here.",
    )
    return Notice("removed", "Personal data were taken out of your message", words)
