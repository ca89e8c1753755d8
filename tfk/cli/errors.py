"""The error with which a command reports a user mistake."""


class CommandError(Exception):
    """User error: shown as one message, without a traceback."""
