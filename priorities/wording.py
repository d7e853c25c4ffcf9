"""What attributes of the default model are called in words. Other models fall back to their own names."""

ATTRIBUTE_LABELS = {
    "PRIORITY": "Priority",
    "CLINICAL_NEED": "Clinical need",
    "LTC_BURDEN": "Long-term conditions",
    "CARDIOMETABOLIC": "Heart, stroke and diabetes",
    "RESPIRATORY": "Asthma and COPD",
    "MENTAL_COGNITIVE": "Mental health and dementia",
    "FRAILTY": "Frailty",
    "AGE75": "Aged 75 and over",
    "BAD_HEALTH": "In bad or very bad health",
    "SOCIAL_VULNERABILITY": "Social vulnerability",
    "DEPRIVATION": "Deprivation",
    "ISOLATION": "Isolation",
    "LIVES_ALONE66": "Living alone aged 66 and over",
    "UNPAID_CARE": "50 or more hours of unpaid care",
    "PLUS_GROUPS": "Language and culture",
    "ETHNIC_MINORITY": "Minority ethnic groups",
    "LOW_ENGLISH": "Little or no English",
    "ACCESS_BARRIERS": "Access barriers",
    "NO_CAR": "Households without a car",
    "GP_TRAVEL": "Travel to a GP practice",
    # Classes whose names in the file do not read well.
    "DEPRIVATION:core20": "Core20",
    "DEPRIVATION:least": "least deprived",
}

MISSING = {
    "blank": "not given in the source",
    "suppressed": "suppressed by the publisher",
    "not_applicable": "not applicable",
    "out_of_range": "outside the plausible range",
    "not_loaded": "not loaded",
    "no_thresholds": "loaded after the thresholds of this model were set",
}

CAUTION = (
    "The class describes an area, not the people in it. It is a planning aid: the named nurse decides when to visit, "
    "and for how long."
)
