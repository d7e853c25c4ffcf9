"""ASGI entry point (gunicorn with the workers of `healthequiroute.serving.worker`)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthequiroute.settings")

_django = get_asgi_application()

from .serving.bodies import MeasuredBodies  # noqa: E402 - reads the settings

application = MeasuredBodies(_django)
