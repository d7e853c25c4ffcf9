"""What a form says when an entry is refused: Django's own messages, which never name the field, in words that do.

Messages that a form words itself stay as they are.
"""

from django import forms

# Codes whose message names a limit, with what is said of it.
_LIMITS = {
    "min_value": "{label} must be {limit} or more.",
    "max_value": "{label} must be {limit} or less.",
    "max_length": "{label} must be {limit} characters or fewer. You entered {found}.",
    "min_length": "{label} must be {limit} characters or more. You entered {found}.",
}
_SLUG = "{label} must hold letters, digits, hyphens and underscores only, without spaces."
_KINDS = (
    (forms.DateField, "{label} must be a day that exists, such as 27 3 2027."),
    (forms.TimeField, "{label} must be a time, such as 08:30."),
    (forms.IntegerField, "{label} must be a whole number, such as 15."),
    (forms.DecimalField, "{label} must be a number, such as 1.5."),
)


def messages_of(field) -> list[str]:
    """The errors of a bound field in order, each in words that can stand in a summary by themselves."""
    return [
        message
        for error in field.errors.as_data()
        for message in ([_worded(field, error)] if _is_stock(field.field, error) else error.messages)
    ]


def _is_stock(field, error) -> bool:
    """Whether the message is one of Django's own."""
    if error.code in _LIMITS:
        return error.code not in field.error_messages and "limit_value" in (error.params or {})
    stock = {str(text) for kind in type(field).__mro__ for text in getattr(kind, "default_error_messages", {}).values()}
    stock |= {str(each.message) for each in field.default_validators if hasattr(each, "message")}
    return error.code is not None and str(error.message) in stock


def _worded(field, error) -> str:
    label = str(field.label).rstrip(":")
    if error.code == "required":
        return _required(field.field, label)
    if error.code in _LIMITS and error.params:
        return _LIMITS[error.code].format(
            label=label, limit=f"{error.params['limit_value']:,}", found=error.params.get("show_value")
        )
    if error.code == "invalid":
        if isinstance(field.field, forms.SlugField):
            return _SLUG.format(label=label)
        for kind, words in _KINDS:
            if isinstance(field.field, kind):
                return words.format(label=label)
    return " ".join(f"{label}: {message}" for message in error.messages)


def _required(field, label: str) -> str:
    if label.endswith("?"):
        return f"Answer the question: {label}"
    if isinstance(field, forms.FileField):
        return f"Choose a file: {_inside(label)}."
    if isinstance(field, forms.TimeField):
        return f"{label}: enter a time, such as 08:30."
    chooses = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    if isinstance(field, forms.BooleanField):
        return f"Tick the box: {label}."
    return f"{'Choose' if chooses else 'Enter'} the {_inside(label)}."


def _inside(label: str) -> str:
    """A label inside a sentence: small at its beginning, unless that is an abbreviation."""
    return label if len(label) > 1 and label[1].isupper() else label[:1].lower() + label[1:]
