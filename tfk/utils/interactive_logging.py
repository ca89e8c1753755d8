"""Destination of messages for the user: standard output, or the log of the process."""

import sys

from absl import logging

_enabled = True


def enable_interactive_logging():
    """Print messages and progress bars to standard output, as suits a shell or a notebook.

    >>> enable_interactive_logging()
    """
    global _enabled
    _enabled = True


def disable_interactive_logging():
    """Send messages to `absl.logging` at level INFO, as suits a server job.

    >>> disable_interactive_logging()
    >>> is_interactive_logging_enabled()
    False
    >>> enable_interactive_logging()
    """
    global _enabled
    _enabled = False


def is_interactive_logging_enabled():
    """Return whether messages go to standard output.

    >>> is_interactive_logging_enabled()
    True
    """
    return _enabled


def print_message(message, line_break=True):
    """Print a message, or log it if interactive logging is disabled.

    Args:
        message: The text; control characters that move the cursor are removed from the log.
        line_break: Whether to end the line. Defaults to True.
    """
    if not _enabled:
        logging.info("%s", message.strip("\r\n "))
        return
    sys.stdout.write(message + "\n" * line_break)
    sys.stdout.flush()
