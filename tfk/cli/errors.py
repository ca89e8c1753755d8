"""How a command says that it cannot do what it was asked."""


class CommandError(Exception):
    """A mistake of the user: shown as one message, without a traceback."""
