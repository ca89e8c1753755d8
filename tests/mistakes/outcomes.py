"""What a user sees after a mistake: runs the programs of `programs.py` with a library."""

import contextlib
import dataclasses
import io
import logging
import textwrap
import traceback
import warnings

COLUMNS = 100  # of the terminal
LAST = 5  # what is in sight above the next prompt


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one program prints.

    Attributes:
        text: The traceback and the warnings as Python prints them.
        names_cause: Whether the last lines name what is wrong.
        names_cure: Whether they tell what to write instead.
    """

    text: str
    names_cause: bool
    names_cure: bool

    @property
    def lines(self):
        """Number of lines in a terminal."""
        return len(in_terminal(self.text))


def in_terminal(text):
    """The lines of a text in a terminal, which breaks long ones."""
    return [
        row
        for line in text.splitlines()
        for row in textwrap.wrap(line, COLUMNS, drop_whitespace=False) or [""]
    ]


def run(mistake, library):
    """Make one mistake with a library.

    Args:
        mistake: A `programs.Mistake`.
        library: The module `tfk` or `tf_keras`.

    Returns:
        The `Outcome`.
    """
    logged, printed = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(logged)
    loggers = [logging.getLogger(name) for name in ("tensorflow", "absl")]
    with warnings.catch_warnings(record=True) as caught, contextlib.ExitStack() as stack:
        warnings.simplefilter("always")
        for logger in loggers:
            logger.addHandler(handler)
            stack.callback(logger.removeHandler, handler)
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        failed = ""
        try:
            mistake.run(library)
        except Exception as error:
            error.__traceback__ = error.__traceback__.tb_next  # without the frame of this function
            failed = "".join(traceback.format_exception(error))
    said = [f"{warning.category.__name__}: {warning.message}" for warning in caught]
    text = "\n".join(filter(None, [*said, logged.getvalue().strip(), failed.strip()]))
    last = "\n".join(text.splitlines()[-LAST:])
    return Outcome(text, bool(mistake.cause.search(last)), bool(mistake.cure.search(last)))
