"""All sentences of an explanation in one place, translated by whoever asks for the explanation.

``makemessages`` finds the texts by the names ``gettext_noop`` and ``ngettext``. The package knows no Django: a caller
passes its own ``gettext`` and ``ngettext`` to ``Catalogue``; without them the texts are English.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    return text


def ngettext(one: str, many: str) -> tuple[str, str]:
    return one, many


class Say:
    """Texts with their places: {label} is an attribute, {name} one of its classes, {root} the result as a whole."""

    HEADLINE = gettext_noop("{label}: {name}")
    HEADLINE_PROVISIONAL = gettext_noop("{label}: {name} (provisional, probability {chance}; {range} possible)")
    BECAUSE = gettext_noop("{label} is {name}, because of {conditions}.")
    BECAUSE_PROVISIONAL = gettext_noop(
        "{label} is most probably {name} ({range} possible, because figures are missing), because of {conditions}."
    )
    CONDITION = gettext_noop("{label} ({name})")
    RANGE = gettext_noop("{low} to {high}")
    LABELLED = gettext_noop("{label}: {detail}")
    RULE = gettext_noop("{name}, from {conditions}: rule {rule} of {rules}.")
    WHATEVER = gettext_noop("{name} whatever the missing figures are, from {conditions}.")
    OPEN = gettext_noop("most probably {name}, {range} possible, from {conditions}.")
    NOT_KNOWN = gettext_noop("not known")

    NO_FIGURE = gettext_noop("no figure; every class was allowed.")
    NO_FIGURE_REASON = gettext_noop("no figure ({reason}); every class was allowed.")
    FIGURE = gettext_noop("{value}, {name}")
    FIGURE_ESTIMATE = gettext_noop("{value} (estimate), {name}")
    IN_BRACKETS = gettext_noop("{text} ({details})")
    AVERAGE = gettext_noop("average of {place} {value}")
    ALL_AREAS = gettext_noop("all areas")
    HIGHER_THAN = gettext_noop("higher than {share}% of areas")
    LOWER_THAN = gettext_noop("lower than {share}% of areas")
    DECISIVE = gettext_noop("{text}; at its lowest level {root} would fall by {steps}")
    STEPS = ngettext("one step", "{count} steps")
    END = gettext_noop("{text}.")
    SOURCE = gettext_noop("{text}. Source: {source}.")
    PERCENT = gettext_noop("{value}%")
    DECILE = gettext_noop("decile {value}")
    WITH_UNIT = gettext_noop("{value} {unit}")

    DECIDED_BY = gettext_noop("Decided by: {labels}.")
    ALSO_HIGH = gettext_noop("Also at the highest level: {labels}.")
    WITHOUT_FIGURE = gettext_noop("Without a figure: {labels}.")

    CHANGES = gettext_noop("What would change it")
    CHANGE = gettext_noop("With {moves}, {root} would be {name}.")
    # In quotes, because labels may begin with a preposition.
    MOVE = gettext_noop("‘{label}’ at {name} instead of {now}")
    NO_CHANGE_BELOW = ngettext(
        "No change of a single figure would make {root} less urgent.",
        "No change of up to {count} figures would make {root} less urgent.",
    )
    NO_CHANGE_ABOVE = ngettext(
        "No change of a single figure would make {root} more urgent.",
        "No change of up to {count} figures would make {root} more urgent.",
    )

    SURE = gettext_noop("How sure it is")
    SURE_RULES = gettext_noop("All figures are known, so the rules allow only this class.")
    SURE_WHATEVER = gettext_noop("Figures are missing, but the class is the same whatever they are.")
    SURE_CHANCE = gettext_noop(
        "The class has a probability of {chance}: missing figures may take any of their classes."
    )
    SURE_DRAWS = gettext_noop("The class stays the same in {kept} of {draws} trials in which {what}.")
    SURE_SOFT = gettext_noop(
        "If figures near a bound counted towards both classes, this class would have a probability of {chance}."
    )
    SURE_SOFT_OTHER = gettext_noop(
        "If figures near a bound counted towards both classes, this class would have a probability of {chance}, and "
        "{name} the largest with {other}."
    )
    NEAR = gettext_noop("Close to where a class begins: {labels}.")
    NEAR_ONE = gettext_noop("{label} ({value}; bound {bound})")

    MISSING = gettext_noop("What is missing")
    IF_KNOWN = gettext_noop("{label}: were it known, {root} would be {outcomes}.")
    IF_KNOWN_SAME = gettext_noop("{label}: were it known, {root} would stay {name} whatever it is.")
    IF_KNOWN_ONE = gettext_noop("{name} if it is {classes}")

    UNMET = gettext_noop("Unmet need")
    UNMET_YES = gettext_noop(
        "Need may go unmet: the area is deprived and many residents are in bad health, but little is diagnosed "
        "({limits})."
    )
    UNMET_CRUDE = gettext_noop(
        "The registers behind it are not adjusted for age: areas with few older residents have few diagnoses anyway."
    )
    UNMET_UNKNOWN = gettext_noop("Whether need goes unmet cannot be told, because figures are missing ({limits}).")
    UNMET_LIMITS = gettext_noop(
        "IMD deciles 1 to {decile}, {health}% or more in bad or very bad health, and at least {groups} groups of "
        "diagnoses below the median of England"
    )

    POINTS = gettext_noop("Highest and lowest levels")
    WEAK = gettext_noop("At the highest level of need: {labels}.")
    STRONG = gettext_noop("At the lowest level of need: {labels}.")
    FIGURES = gettext_noop("What the figures of the area say")

    AND = gettext_noop("{first} and {last}")
    OR = gettext_noop("{first} or {last}")
    COMMA = gettext_noop("{first}, {last}")
    SEMICOLON = gettext_noop("{first}; {last}")


def _english_plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _english_number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}"


@dataclass(frozen=True)
class Catalogue:
    """Says texts in one language. ``translate`` and ``plural`` have the signatures of gettext and ngettext, ``number``
    writes a number with so many decimals."""

    translate: Callable[[str], str] = str
    plural: Callable[[str, str, int], str] = _english_plural
    number: Callable[[float, int], str] = _english_number

    def name(self, text: str) -> str:
        """A name from outside, such as that of a class: translated where a translation is known, never formatted."""
        return str(self.translate(text)) if text else text

    def say(self, text: str, /, **places) -> str:
        return str(self.translate(text)).format(**places)

    def count(self, texts: tuple[str, str], count: int, **places) -> str:
        return str(self.plural(*texts, count)).format(count=count, **places)

    def chance(self, probability: float) -> str:
        return self.say(Say.PERCENT, value=self.number(100 * probability, 0))

    def listed(self, parts: Sequence[str], last: str = Say.AND) -> str:
        """ "a, b and c", with another text for the end where wanted."""
        return self.joined([self.joined(parts[:-1], Say.COMMA), parts[-1]] if len(parts) > 1 else parts, last)

    def joined(self, parts: Sequence[str], by: str) -> str:
        text = parts[0] if parts else ""
        for part in parts[1:]:
            text = self.say(by, first=text, last=part)
        return text


ENGLISH = Catalogue()
