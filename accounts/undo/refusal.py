"""Why something is not taken back."""


class UndoRefused(ValueError):
    """It cannot be taken back (any more); the message says why, for the person who asked. Nothing was changed."""
