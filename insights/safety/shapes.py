"""What the checks find."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A part of a message: `start` and `end` count characters of the normalised text (`normalising.plain`).

    `kind` says what it is, `rule` which rule found it, `confidence` (0 to 1) how sure that rule is by itself.
    """

    kind: str
    rule: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Checked:
    """A message after the checks. The original is not in it.

    text      normalised, with placeholders such as "[NHS number]"; what tried to instruct is "[instruction]"
    removed   personal data that were taken out
    refused   sentences that try to instruct
    alerts    "emergency", "self_harm_patient", "self_harm_staff"
    advice    "clinical" or "medicine" where advice about a person is asked for, else None
    """

    text: str
    removed: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()
    alerts: tuple[str, ...] = ()
    advice: str | None = None
