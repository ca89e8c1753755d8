"""Finds the command, runs it, and turns its errors into one line."""

import argparse
import os
import sys

import tensorflow as tf

import tfk
from tfk.cli import convert, doctor, export, plot, predict, run, summary, train
from tfk.cli.errors import CommandError

COMMANDS = (run, summary, plot, predict, convert, export, train, doctor)
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


def build_parser():
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="tfk", description="Keras 2's API on plain TensorFlow 2, from the command line."
    )
    parser.add_argument("--version", action="version", version=f"tfk {tfk.__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        description = f"{module.__doc__.strip()}\n\n{module.DETAILS}".strip()
        command = commands.add_parser(
            name,
            help=module.__doc__.strip().splitlines()[0],
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        command.set_defaults(command=name, execute=module.execute)
    return parser


def main(arguments=None):
    """Runs one command.

    Args:
        arguments: List of strings, by default those of the process.

    Returns:
        The exit code: 0, 1 for a mistake that the message on stderr explains, 130 after Ctrl-C;
            `run` passes on
        that of the program. Wrong options end the process with 2.
    """
    args = build_parser().parse_args(arguments)
    try:
        code = args.execute(args) or 0
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"tfk {args.command}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except _MISTAKES as error:
        if args.debug:
            raise
        print(f"tfk {args.command}: error: {error or type(error).__name__}", file=sys.stderr)
        return FAILED
