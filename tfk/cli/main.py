"""Run one command of the command line and turn its errors into one line."""

import argparse
import os
import sys

import tensorflow as tf

from tfk.cli import convert, demo, doctor, export, inspect, plot, predict, run, summary, train
from tfk.cli.errors import CommandError
from tfk.utils.naming import printable

MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (demo, run, summary, inspect, plot, predict, convert, export, train, doctor)
}
# What the library raises for wrong files and arguments; anything else is a bug and shows its
# traceback.
_MISTAKES = (
    CommandError,
    ImportError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    tf.errors.OpError,
)
FAILED, INTERRUPTED = 1, 130


def build_parser(name):
    """Return the parser of the command `name`."""
    module = MODULES[name]
    parser = argparse.ArgumentParser(
        prog=f"tfk {name}",
        description=f"{module.__doc__.strip()}\n\n{module.DETAILS}".strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    return parser


def main(name, arguments, debug=False):
    """Run one command.

    Args:
        name: Name of the command, a key of `MODULES`.
        arguments: List of strings, what follows the command.
        debug: Whether a mistake shows its traceback.

    Returns:
        The exit code: 0, 1 for a mistake that the message on stderr explains, 130 after Ctrl-C;
        `run` returns that of the program. Wrong options end the process with 2.
    """
    args = build_parser(name).parse_args(arguments)
    try:
        code = MODULES[name].execute(args) or 0
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"tfk {name}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except _MISTAKES as error:
        if debug:
            raise
        message = printable(str(error) or type(error).__name__)
        print(f"tfk {name}: error: {message}", file=sys.stderr)
        return FAILED
