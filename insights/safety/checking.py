"""The checks of one message together."""

from collections.abc import Sequence

from . import clinical, crisis, instructions, medicines, normalising, personal
from .people import CUE
from .shapes import Checked, Finding

LONGEST = 2000
REFUSED = "[instruction]"
# So many messages before this one are looked at, and so much of each.
_MOST_EARLIER, _LONGEST_EARLIER = 6, 500
_ORDER = ("emergency", "self_harm_patient", "self_harm_staff")


def check_message(text: str, earlier: Sequence[str] = ()) -> Checked:
    """What may not be kept or answered, found by rules; `earlier` are the messages before this one, oldest first.

    What is longer than LONGEST characters is cut off and looked at by nobody.
    """
    text = normalising.plain(text[: 2 * LONGEST])[:LONGEST]
    before = [normalising.plain(message[:_LONGEST_EARLIER]) for message in earlier[-_MOST_EARLIER:]]
    removed = personal.personal_data(text, "\n".join([*before, text]))
    redacted, spans = _with_placeholders(text, removed)
    refused = _instructions(redacted, before)
    kept = _replaced(redacted, [(each.start, each.end, REFUSED) for each in refused])
    sentences = [normalising.folded(redacted[start:end]) for start, end in spans]
    return Checked(kept, tuple(removed), tuple(refused), _alerts(sentences), _advice(sentences, before))


def _with_placeholders(text: str, removed: list[Finding]) -> tuple[str, list[tuple[int, int]]]:
    """The text without what was removed, and its sentences as (start, end)."""
    redacted = _replaced(text, [(each.start, each.end, personal.PLACEHOLDERS[each.kind]) for each in removed])
    return redacted, normalising.sentences(redacted)


def _replaced(text: str, parts: list[tuple[int, int, str]]) -> str:
    """With other words in each part: (start, end, words)."""
    for start, end, words in sorted(parts, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def _instructions(text: str, before: list[str]) -> list[Finding]:
    """Sentences of the text that instruct, by themselves or with the end of the message before."""
    found = []
    for start, end in normalising.sentences(text):
        rule = _rule(text[start:end])
        if rule:
            found.append(Finding("instruction", rule, start, end, 0.9))
    if not found and text:
        # An instruction may be spread over lines, sentences or messages.
        whole = " ".join(text.split())
        joined = f"{before[-1][-120:]} {whole}" if before else whole
        rule = _rule(whole) or (_rule(joined) if before and not _rule(before[-1]) else None)
        if rule:
            found.append(Finding("instruction", rule, 0, len(text), 0.7))
    return found


def _rule(text: str) -> str | None:
    for reading in normalising.readings(normalising.folded(text)):
        if rule := instructions.rule_that_it_breaks(reading):
            return rule
    for hidden in normalising.decoded(text):
        if rule := instructions.rule_that_it_breaks(normalising.folded(hidden)):
            return f"hidden_{rule}"
    return None


def _alerts(sentences: list[str]) -> tuple[str, ...]:
    found = set().union(*(crisis.alerts(sentence) for sentence in sentences)) if sentences else set()
    return tuple(kind for kind in _ORDER if kind in found)


def _advice(sentences: list[str], before: list[str]) -> str | None:
    whole = " ".join(sentences)
    earlier_cue = any(CUE.search(message) for message in before)
    about_somebody = earlier_cue or bool(CUE.search(whole))
    if any(medicines.asks_about_medicine(sentence, about_somebody=about_somebody) for sentence in sentences):
        return "medicine"
    spoken_of = earlier_cue
    for sentence in sentences:
        if clinical.asks_for_clinical_advice(sentence, spoken_of_before=spoken_of):
            return "clinical"
        spoken_of = spoken_of or bool(CUE.search(sentence))
    return None
