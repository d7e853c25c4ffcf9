"""ASGI entry point (gunicorn with the workers of `healthequiroute.serving.worker`)."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthequiroute.settings")
django.setup(set_prefix=False)

from .serving.bodies import MeasuredBodies  # noqa: E402 - reads the settings
from .serving.handler import OneThreadHandler  # noqa: E402 - its middleware needs the applications

application = MeasuredBodies(OneThreadHandler())
