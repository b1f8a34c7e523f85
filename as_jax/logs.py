"""What Verax logs, for programs that listen to JAX's logger."""

from __future__ import annotations

import logging


class _ForJax(logging.Handler):
    """Hands records of the logger "verax" to what listens to "jax"; to stderr if nobody listens at all."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one record on."""
        listening = logging.getLogger("jax").handlers
        for handler in listening:
            if record.levelno >= handler.level:
                handler.handle(record)
        if not listening and not logging.getLogger().handlers and logging.lastResort is not None:
            logging.lastResort.handle(record)


_FOR_JAX = _ForJax()


def install() -> None:
    """Begin."""
    logging.getLogger("verax").addHandler(_FOR_JAX)


def uninstall() -> None:
    """End."""
    logging.getLogger("verax").removeHandler(_FOR_JAX)
