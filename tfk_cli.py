"""Entry point of the `tfk` command: answers without TensorFlow where TensorFlow is not needed.

Importing TensorFlow takes seconds. `tfk --help`, `tfk --version` and a mistyped command need only
this file; every other command continues in `tfk.cli.main`.
"""

import argparse
import contextlib
import difflib
import os
import pathlib
import re
import sys
import tempfile

COMMANDS = {
    "demo": "Train a network on handwritten digits and show what it has learned.",
    "run": "Run a script or notebook written for Keras 2, unchanged, on tfk.",
    "summary": "Print the layers of a model file, their shapes and parameter counts.",
    "inspect": "Show what a model file holds and needs, without building the model.",
    "plot": "Draw the graph of a model file.",
    "predict": "Print or save what a model predicts for data in a file.",
    "convert": "Write a model file in another format.",
    "export": "Write a SavedModel for serving, or a LiteRT file.",
    "train": "Train a model described by a JSON file, in a separate folder.",
    "doctor": "Report versions and devices, and what is missing for which part.",
}
WRONG_OPTIONS = 2
VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
# How TensorFlow's C++ code logs: a letter for the level, then the time, thread and source line.
START_UP_LINE = re.compile(
    rb"[IWE]\d{4} [\d:.]+ +\d+ \S+:\d+\] |WARNING: All log messages before absl|"
    rb"\d{4}-\d\d-\d\d [\d:.]+: [IWE] "
)


class Parser(argparse.ArgumentParser):
    """An argument parser whose error for an unknown command names the nearest one."""

    def error(self, message):
        """Print the usage and `message` on stderr, and exit with code 2."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_OPTIONS, f"{self.prog}: error: {message}\n")


class ShowVersion(argparse.Action):
    """Prints the version, which is read only when it is asked for."""

    def __call__(self, parser, *_):
        print(f"tfk {version()}")
        parser.exit()


def version():
    """Return the version in the package beside this file, without importing it."""
    source = pathlib.Path(__file__).with_name("tfk").joinpath("__init__.py")
    return VERSION.search(source.read_text(encoding="utf8"))[1]


def build_parser():
    """Return the parser of the options that precede a command."""
    listed = "\n".join(f"  {name:9} {text}" for name, text in COMMANDS.items())
    parser = Parser(
        prog="tfk",
        usage="tfk [-h] [--version] [--debug] COMMAND ...",
        description="Keras 2's API on plain TensorFlow 2, from the command line.",
        epilog=f"commands:\n{listed}\n\n`tfk COMMAND --help` describes one command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and exit")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser.add_argument("command", metavar="COMMAND", help="one of the commands below")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def check_command(parser, name):
    """Exit with code 2 and a suggestion if `name` is not a command."""
    if name in COMMANDS:
        return
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"The commands are {', '.join(COMMANDS)}."
    parser.error(f"unknown command {name!r}. {hint}")


def main(arguments=None):
    """Run the command line.

    Args:
        arguments: List of strings; None for those of the process.

    Returns:
        The exit code, see `tfk.cli.main.main`.
    """
    parser = build_parser()
    args = parser.parse_args(arguments)
    check_command(parser, args.command)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with without_start_up_lines():
        from tfk.cli.main import main as run_command

        if args.command != "run":  # a program may choose its devices first
            list_devices()
    return run_command(args.command, args.rest, args.debug)


def list_devices():
    """Let TensorFlow look for devices, which prints lines when a driver is missing."""
    import tensorflow as tf

    tf.config.list_physical_devices()


@contextlib.contextmanager
def without_start_up_lines():
    """Drop what TensorFlow's C++ code logs to stderr while the block runs, and keep the rest.

    TF_CPP_MIN_LOG_LEVEL does not help here: TensorFlow reads it after its first log lines.
    """
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as logged:
        os.dup2(logged.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            logged.seek(0)
            kept = [line for line in logged if not START_UP_LINE.match(line)]
            os.write(2, b"".join(kept))


if __name__ == "__main__":
    sys.exit(main())
