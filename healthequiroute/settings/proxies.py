"""The proxies in front of the portal. `accounts.client_address` is the only place that reads what they say."""

from environs import validate

from .environment import env

# 0: clients connect directly, and whatever they say about proxies counts for nothing.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0, validate=validate.Range(min=0, max=10))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
# A proxy passes `Host` on as it came.
USE_X_FORWARDED_HOST = USE_X_FORWARDED_PORT = False
