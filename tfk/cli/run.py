"""Run a script or notebook written for Keras 2, unchanged, on tfk."""

import contextlib
import os
import pathlib
import sys

from tfk.cli.errors import CommandError
from tfk.cli.figures import hidden_figures
from tfk.cli.notebook import read_notebook
from tfk.cli.program import Cell, run_cells
from tfk.install import install, uninstall

DETAILS = """\
Inside the program `import keras`, `from tensorflow import keras`, `import tf_keras` and `tf.keras`
give tfk. Nothing that is installed is touched, other processes are not affected.

Notebooks (.ipynb) run in their own folder, cell by cell, and stop at the first error; lines that
only a notebook understands (%matplotlib, !pip) are left out with a note.

examples:
  tfk run train.py --epochs 3
  tfk run lecture.ipynb
  tfk run --figures plots lecture.ipynb"""


PROGRAM_SUFFIXES = (".py", ".pyw", ".ipynb", "")
# Files of other commands, which people pass to `run` by mistake.
OTHER_COMMANDS = {
    ".json": " To train what a JSON file describes, use `tfk train`.",
    ".keras": " To print a model, use `tfk summary`.",
    ".h5": " To print a model, use `tfk summary`.",
}


def add_arguments(parser):
    parser.add_argument(
        "--figures", metavar="DIR", help="save every figure of matplotlib there as PNG"
    )
    parser.add_argument("program", metavar="PROGRAM", help="a .py or .ipynb file")
    parser.add_argument("args", nargs="...", metavar="ARGS", help="arguments of the program")


def execute(args):
    path = pathlib.Path(args.program).absolute()
    if not path.is_file():
        raise CommandError(f"there is no file {args.program}")
    if path.suffix not in PROGRAM_SUFFIXES:
        raise CommandError(
            f"{args.program} is not a program; expected a .py or .ipynb file."
            f"{OTHER_COMMANDS.get(path.suffix, '')}"
        )
    is_notebook = path.suffix == ".ipynb"
    cells = read_notebook(path) if is_notebook else [Cell(path.read_text("utf-8-sig"), str(path))]
    hidden = args.figures or is_notebook
    folder = os.getcwd()
    install()
    try:
        if is_notebook:
            os.chdir(path.parent)
        with (
            hidden_figures(args.figures, is_notebook) if hidden else contextlib.nullcontext()
        ) as after_cell:
            return run_cells(cells, path, [args.program, *args.args], is_notebook, after_cell)
    finally:
        uninstall()
        os.chdir(folder)
        sys.stdout.flush()
