"""Exit 0 when the web server of this container answers: the image's HEALTHCHECK."""

import http.client
import os
import sys

# The name must be one that the application serves; a leading dot stands for any name below it.
host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".*") or "localhost"
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
try:
    connection.request("GET", "/health/live", headers={"Host": host, "X-Forwarded-Proto": "https"})
    answer = connection.getresponse()
except OSError as error:
    sys.exit(f"no answer: {error}")
# A redirect to https means that the application is alive behind a proxy that ends TLS.
sys.exit(0 if answer.status < 400 else f"status {answer.status}")
