"""Gunicorn's settings, the same on a developer's machine and in a container; the command line gives the address."""

import os

# Its limits: docs/hardening.md.
worker_class = "healthequiroute.serving.worker.Worker"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# A page that waits for a slow query may take this long before its worker is replaced; long work belongs to the queue.
timeout = 60
graceful_timeout = 5
keepalive = 5
# Heartbeat files on a disk can stall the workers; memory cannot.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# The application logs each request itself, with its id and without addresses of people.
accesslog = None
errorlog = "-"
