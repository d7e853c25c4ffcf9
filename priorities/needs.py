"""What priorities cannot do without, told to the checks of the data."""

from .models import ModelVersion


def needed_by_published_models() -> dict[str, str]:
    """Indicator code -> the published model that reads it."""
    return {code: str(version) for version in ModelVersion.objects.published() for code in version.inputs.values()}
