"""Structured logs with a request id; nothing personal in them."""

import structlog
from environs import validate

from accounts.privacy.masking import mask_personal

from .environment import DEBUG, env

_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(_LEVELS))
LOG_FORMAT = env.str("LOG_FORMAT", "console" if DEBUG else "json", validate=validate.OneOf(["console", "json"]))

_shared = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
]
_renderer = (
    structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    if LOG_FORMAT == "console"
    else structlog.processors.JSONRenderer()
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            # Tracebacks become text first, so that the masks see what exceptions say.
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask_personal,
                _renderer,
            ],
            "foreign_pre_chain": _shared,
        }
    },
    # Logs go to standard error: a command's answer has standard output to itself.
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"propagate": True},
        # run_huey gives this logger a handler unless it has one; propagating as well would write each line twice.
        "huey": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        # It tells each page of a PDF; what goes wrong is told by `weasyprint` itself.
        "weasyprint.progress": {"level": "WARNING"},
    },
}

structlog.configure(
    processors=[*_shared, structlog.processors.format_exc_info, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
# The request log names the user by id only, and never the client's address.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
