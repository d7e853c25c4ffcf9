"""A result in words: one structure for page, JSON and print alike, so that all three say the same.

``explain`` is a pure function of the model, what is known of the inputs, the outcome and what analyses add to it. Rules
are numbered from 1 in words (people count from 1) and from 0 in data.
"""

from priorities.dex.explanation.compose import explain
from priorities.dex.explanation.facts import Evidence, InputFact, Outcome, SoftChances, Trials
from priorities.dex.explanation.messages import ENGLISH, Catalogue, Say
from priorities.dex.explanation.parts import ChangeExplanation, Explanation, Factor, NodeExplanation, Section
from priorities.dex.explanation.words import in_words, inside_sentence

__all__ = [
    "ENGLISH",
    "Catalogue",
    "ChangeExplanation",
    "Evidence",
    "Explanation",
    "Factor",
    "InputFact",
    "NodeExplanation",
    "Outcome",
    "Say",
    "Section",
    "SoftChances",
    "Trials",
    "explain",
    "in_words",
    "inside_sentence",
]
