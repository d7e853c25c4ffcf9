"""Results of computing with arrays as JSON can hold them."""

import numpy as np


def as_json(value):
    """The same as JSON can hold it: Python's numbers, None for what is no number, six decimals."""
    match value:
        case dict():
            return {str(key): as_json(item) for key, item in value.items()}
        case list() | tuple():
            return [as_json(item) for item in value]
        case np.ndarray():
            return [as_json(item) for item in value.tolist()]
        case bool() | np.bool_():
            return bool(value)
        case int() | np.integer():
            return int(value)
        case float() | np.floating():
            return round(float(value), 6) if np.isfinite(value) else None
        case _:
            return value
