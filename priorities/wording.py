"""What attributes of the default model are called in words. Other models fall back to their own names.

Texts are marked for translation here and translated where an explanation is made.
"""

from django.utils.translation import gettext, gettext_noop

from priorities.dex.explanation import in_words

ATTRIBUTE_LABELS = {
    "PRIORITY": gettext_noop("Priority"),
    "CLINICAL_NEED": gettext_noop("Clinical need"),
    "LTC_BURDEN": gettext_noop("Long-term conditions"),
    "CARDIOMETABOLIC": gettext_noop("Heart, stroke and diabetes"),
    "RESPIRATORY": gettext_noop("Asthma and COPD"),
    "MENTAL_COGNITIVE": gettext_noop("Mental health and dementia"),
    "FRAILTY": gettext_noop("Frailty"),
    "AGE75": gettext_noop("Aged 75 and over"),
    "BAD_HEALTH": gettext_noop("In bad or very bad health"),
    "SOCIAL_VULNERABILITY": gettext_noop("Social vulnerability"),
    "DEPRIVATION": gettext_noop("Deprivation"),
    "ISOLATION": gettext_noop("Isolation"),
    "LIVES_ALONE66": gettext_noop("Living alone aged 66 and over"),
    "UNPAID_CARE": gettext_noop("50 or more hours of unpaid care"),
    "PLUS_GROUPS": gettext_noop("Language and culture"),
    "ETHNIC_MINORITY": gettext_noop("Minority ethnic groups"),
    "LOW_ENGLISH": gettext_noop("Little or no English"),
    "ACCESS_BARRIERS": gettext_noop("Access barriers"),
    "NO_CAR": gettext_noop("Households without a car"),
    "GP_TRAVEL": gettext_noop("Travel to a GP practice"),
    # Classes whose names in the file do not read well.
    "DEPRIVATION:core20": gettext_noop("Core20"),
    "DEPRIVATION:least": gettext_noop("least deprived"),
}

MISSING = {
    "blank": gettext_noop("not given in the source"),
    "suppressed": gettext_noop("suppressed by the publisher"),
    "not_applicable": gettext_noop("not applicable"),
    "out_of_range": gettext_noop("outside the plausible range"),
    "not_loaded": gettext_noop("not loaded"),
    "no_thresholds": gettext_noop("loaded after the thresholds of this model were set"),
}

CAUTION = (
    "The class describes an area, not the people in it. It is a planning aid: the named nurse decides when to visit, "
    "and for how long."
)

TRIALS = gettext_noop("the bounds of the classes move at random within their soft zones")

SINCE_BEFORE = gettext_noop("Since the calculation before:")

# Why a class changed between two scores of an area (`priorities.changes`).
CHANGES = {
    "stayed": gettext_noop("Stayed {after}."),
    "stayed_though": gettext_noop("Stayed {after}, although figures or bounds moved."),
    "data_rose": gettext_noop("Rose from {before} to {after} because of new figures."),
    "data_fell": gettext_noop("Fell from {before} to {after} because of new figures."),
    "data_rose_new_model": gettext_noop("Rose from {before} to {after} because of new figures, not of the new model."),
    "data_fell_new_model": gettext_noop("Fell from {before} to {after} because of new figures, not of the new model."),
    "model_rose": gettext_noop("Rose from {before} to {after} because the model changed, from {old} to {new}."),
    "model_fell": gettext_noop("Fell from {before} to {after} because the model changed, from {old} to {new}."),
    "both_rose": gettext_noop(
        "Rose from {before} to {after} because figures and model changed, the model from {old} to {new}."
    ),
    "both_fell": gettext_noop(
        "Fell from {before} to {after} because figures and model changed, the model from {old} to {new}."
    ),
    "figure": gettext_noop("{label}: {value_before} ({class_before}) became {value_after} ({class_after})."),
    "threshold": gettext_noop("{label}: {class_before} became {class_after} at {value_after}, as its bounds moved."),
    "indicator": gettext_noop(
        "{label}: {class_before} became {class_after}, as another indicator is read ({value_after})."
    ),
    "added": gettext_noop("{label} is new in the model: {value_after} ({class_after})."),
    "removed": gettext_noop("{label} is no longer in the model; it was {value_before} ({class_before})."),
    "rules": gettext_noop("Rules changed for: {labels}."),
}


def class_label(attribute: str, name: str) -> str:
    """What a class of an attribute is called, translated."""
    known = ATTRIBUTE_LABELS.get(f"{attribute}:{name}")
    return gettext(known) if known else in_words(name)


def attribute_label(name: str) -> str:
    """What an attribute is called, translated; its own name in words where the default model does not know it."""
    return gettext(ATTRIBUTE_LABELS[name]) if name in ATTRIBUTE_LABELS else in_words(name).capitalize()
