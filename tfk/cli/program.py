"""Executes the code of a script or notebook as `__main__`, as Python itself would."""

import ast
import collections
import contextlib
import importlib.machinery
import linecache
import os
import sys
import traceback
import types

from tfk.utils.old_spellings import advice

# One stretch of code and what tracebacks call it.
Cell = collections.namedtuple("Cell", "source label")

SCRIPT = (  # specifies what spawned processes run; see worker_main.py
    "TFK_RUN_SCRIPT"
)
WORKER_MAIN = "tfk.cli.worker_main"


def run_cells(cells, path, argv, is_notebook, after_cell=None):
    """Run code cells in one namespace.

    Args:
        cells: List of `Cell`.
        path: File of the program.
        argv: What the program finds in `sys.argv`.
        is_notebook: Whether the value of a cell's last expression is shown.
        after_cell: Called with the number of every cell (from 1) when it has run.

    Returns:
        The exit code: what the program passed to `sys.exit`, 1 after an error, whose traceback is
            printed.
    """
    main = types.ModuleType("__main__")
    if not is_notebook:
        main.__file__ = str(path)
        # Spawned processes import the main module again: through this name, so that they get tfk
        # too.
        main.__spec__ = importlib.machinery.ModuleSpec(WORKER_MAIN, None)
    with _as_main(main, path, argv):
        for number, cell in enumerate(cells, start=1):
            try:
                execute_code(cell, main.__dict__, show_value=is_notebook)
            except SystemExit as error:
                return _exit_code(error)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                _print_error(error, {cell.label for cell in cells})
                return 1
            if after_cell is not None:
                after_cell(number)
    return 0


def execute_code(cell, namespace, show_value=False):
    """Run one cell; with `show_value` a last line that is an expression prints its value."""
    lines = cell.source.splitlines(keepends=True)
    linecache.cache[cell.label] = (len(cell.source), None, lines, cell.label)
    tree = ast.parse(cell.source, cell.label)
    last = tree.body[-1] if tree.body else None
    if show_value and isinstance(last, ast.Expr) and not cell.source.rstrip().endswith(";"):
        tree.body.pop()
        exec(compile(tree, cell.label, "exec"), namespace)
        tree = ast.Interactive([last])
        exec(compile(tree, cell.label, "single"), namespace)
    else:
        exec(compile(tree, cell.label, "exec"), namespace)


@contextlib.contextmanager
def _as_main(main, path, argv):
    """The state of the process that a program expects, put back afterwards."""
    outer = sys.modules["__main__"], sys.argv, sys.path[:], os.environ.get(SCRIPT)
    sys.modules["__main__"], sys.argv = main, argv
    sys.path.insert(0, str(path.parent))
    os.environ[SCRIPT] = str(path)
    try:
        yield
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = outer[:3]
        os.environ.pop(SCRIPT)
        if outer[3] is not None:
            os.environ[SCRIPT] = outer[3]


def _exit_code(error):
    if error.code is None or isinstance(error.code, int):
        return error.code or 0
    print(error.code, file=sys.stderr)
    return 1


def _print_error(error, labels):
    """Prints the traceback from the program's own first frame on, and advice where old spellings
    are the cause.
    """
    frames = []  # of the traceback, those of the program
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename in labels:
            frames.append(frame)
        frame = frame.tb_next
    traceback.print_exception(type(error), error, frames[0] if frames else None)
    text = _advice(error, frames)
    if text and text not in str(error):
        print(f"tfk run: {text}", file=sys.stderr)


def _advice(error, frames):
    if isinstance(error, AttributeError):
        return advice(names=[getattr(error, "name", None)])
    if isinstance(error, TypeError) and frames:
        return advice(arguments=_passed_by_name(frames[-1]))
    return ""


def _passed_by_name(frame):
    """Names of the keyword arguments of the calls in the line that a frame of a traceback is at."""
    label, number = frame.tb_frame.f_code.co_filename, frame.tb_lineno
    try:
        tree = ast.parse("".join(linecache.getlines(label)))
    except SyntaxError:
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        keyword.arg
        for call in calls
        if call.lineno <= number <= call.end_lineno
        for keyword in call.keywords
    ]
