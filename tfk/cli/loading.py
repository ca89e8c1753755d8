"""The model a command works on, and the options for loading it."""

import inspect
import pathlib

import tfk
from tfk.cli.errors import CommandError
from tfk.cli.program import Cell, execute_code
from tfk.install import install, uninstall

# What a message of the library advises to pass in Python, and the option that does so here.
OPTIONS = {
    "custom_objects": "--objects FILE.py",
    "safe_mode": "--trust-lambdas",
    "load_weights": "--weights FILE",
}
FORMATS = ".keras, .h5, a SavedModel folder that tfk wrote, or .json (architecture alone)"


def add_model_argument(parser):
    """Add the argument FILE and the loading options."""
    parser.add_argument("file", metavar="FILE", help=f"the model: {FORMATS}")
    parser.add_argument(
        "--weights", metavar="FILE", help="weights to load into it, as for an architecture in JSON"
    )
    parser.add_argument(
        "--objects",
        metavar="FILE.py",
        help=(
            "Python file of yours with the custom classes and functions that the model needs; it"
            " is run"
        ),
    )
    parser.add_argument(
        "--trust-lambdas",
        action="store_true",
        help=(
            "also rebuild lambdas from the model's file, which lets its author run any code here"
        ),
    )


def load_model(args, compile=False):
    """Load the model that the arguments of `add_model_argument` name.

    Args:
        args: The parsed arguments.
        compile: Whether to restore loss, metrics and optimizer.

    Raises: CommandError, or what loading raises; both say what is wrong.
    """
    path = pathlib.Path(args.file)
    if not path.exists():
        raise CommandError(f"there is no file {args.file}")
    custom_objects = read_objects(args.objects) if args.objects else None
    try:
        if path.suffix == ".json":
            model = tfk.models.model_from_json(path.read_text("utf-8"), custom_objects)
        else:
            safe_mode = False if args.trust_lambdas else None
            model = tfk.models.load_model(
                path, custom_objects, compile=compile, safe_mode=safe_mode
            )
    except ValueError as error:
        options = [option for advice, option in OPTIONS.items() if advice in str(error)]
        raise CommandError(
            f"{error} Here: {', '.join(options)}." if options else str(error)
        ) from error
    if args.weights:
        model.load_weights(args.weights)
    return model


def read_objects(filename):
    """Run a Python file; return the classes and functions that it defines, by name."""
    path = pathlib.Path(filename)
    if not path.is_file():
        raise CommandError(f"there is no file {filename}")
    namespace = {"__name__": path.stem, "__file__": str(path)}
    install()
    try:
        execute_code(Cell(path.read_text("utf-8-sig"), str(path)), namespace)
    except Exception as error:
        raise CommandError(f"{filename}: {type(error).__name__}: {error}") from error
    finally:
        uninstall()
    return {
        name: value
        for name, value in namespace.items()
        if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == path.stem
    }
