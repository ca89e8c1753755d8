"""Where messages for the user go: to standard output, or to the log of the process."""

import sys

from absl import logging

_enabled = True


def enable_interactive_logging():
    """Messages and progress bars go to standard output, as is right for a shell or a notebook."""
    global _enabled
    _enabled = True


def disable_interactive_logging():
    """Messages go to `absl.logging` at level INFO, as is right for a job on a server."""
    global _enabled
    _enabled = False


def is_interactive_logging_enabled():
    """Whether messages go to standard output.

    >>> is_interactive_logging_enabled()
    True
    """
    return _enabled


def print_message(message, line_break=True):
    """Prints a message, or logs it while interactive logging is off.

    Args:
        message: The text; control characters that move the cursor are left out of the log.
        line_break: Whether a line break follows.
    """
    if not _enabled:
        logging.info("%s", message.strip("\r\n "))
        return
    sys.stdout.write(message + "\n" * line_break)
    sys.stdout.flush()
