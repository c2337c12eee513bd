"""Rasa's debug lines, one a message, cost more than the message itself."""

from __future__ import annotations

import logging


def quiet() -> None:
    """Only warnings from now on, in this process."""
    from rasa.utils.log_utils import configure_structlog

    logging.getLogger().setLevel(logging.WARNING)
    configure_structlog(logging.WARNING)
