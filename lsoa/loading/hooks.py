"""What happens when boundaries have changed: map geometry is simplified and tiles are seeded by whoever registered."""

from collections.abc import Callable

# callback(*, by, progress) -> finish | None; progress(fraction, message)
AfterBoundaries = Callable[..., Callable[[], None] | None]

_after_boundaries: list[AfterBoundaries] = []


def register_after_boundaries(callback: AfterBoundaries) -> None:
    """Call `callback` once per command after the last boundaries have committed. What it returns, if anything, is
    called after all other files: work in between may use the second core. Call in AppConfig.ready()."""
    if callback not in _after_boundaries:
        _after_boundaries.append(callback)


def after_boundaries(*, by, progress) -> list[Callable[[], None]]:
    """Run the callbacks and return what they want called at the end."""
    return [finish for callback in _after_boundaries if (finish := callback(by=by, progress=progress)) is not None]
