"""Things of which there may be one only, and what people are told who ask for a second."""

from django.core.exceptions import ValidationError


class OnceOnly:
    """A model whose rule of uniqueness speaks in words of its own: `taken`."""

    taken = ""

    def unique_error_message(self, model_class, unique_check):
        return ValidationError(self.taken, code="unique_together")
