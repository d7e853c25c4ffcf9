"""Exit 0 when a worker has shown a sign of life within three minutes: the health check of the worker's container."""

import os
import sys

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthequiroute.settings")

import django

django.setup()

from accounts.tasks import worker_seen_seconds_ago  # noqa: E402

seconds = worker_seen_seconds_ago()
sys.exit(None if seconds is not None and seconds < 180 else "no worker seen")
