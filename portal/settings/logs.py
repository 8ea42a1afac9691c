"""Logging by structlog: readable lines locally, one JSON object a line in production."""

import logging
import re
import sys

import structlog


class OneQuietLine(logging.Filter):
    """Logs a request for a host that is not ours in one line: scanners send them all day, and no trace helps."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the trace and Django's advice off the record, and let it pass as information."""
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg, record.args = record.getMessage().partition(" You may need")[0], ()
        return True


class NoKeys(logging.Filter):
    """Takes the secrets of links out of lines that name an address: who reads the log must not open an account."""

    LONG = re.compile(r"[\w:=.-]{32,}")

    def filter(self, record: logging.LogRecord) -> bool:
        """Put a mark in place of everything as long as a key, and let the record pass."""
        record.msg, record.args = self.LONG.sub("…", record.getMessage()), ()
        return True


def configure_logs(*, level: str, json: bool) -> None:
    """Send Python's logging and structlog to standard error.

    `level` is a name of the logging module; `json` chooses one JSON object a line over coloured text.
    """
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    readable = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    renderer = structlog.processors.JSONRenderer() if json else readable
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("kombu").setLevel(logging.WARNING)
    for name in ("django.request", "django.security.csrf"):
        logging.getLogger(name).filters[:] = [NoKeys()]
    foreign_hosts = logging.getLogger("django.security.DisallowedHost")
    foreign_hosts.filters[:] = [OneQuietLine()]
