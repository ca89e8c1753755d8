"""Notebooks as cells of plain Python."""

import ast
import json
import re
import sys

from tfk.cli.errors import CommandError
from tfk.cli.program import Cell

# Cell magics whose cell is ordinary Python.
_PYTHON_CELLS = ("capture", "time")
_MAGIC = re.compile(r"^(?P<indent>\s*)(?P<what>[%!?]|[\w.]+\s*=\s*[%!]|[\w.\[\]]+\?{1,2}\s*$)")


def read_notebook(path):
    """Return the code cells of an `.ipynb` file, without what only a notebook understands.

    Args:
        path: `pathlib.Path` of the file, format 3 or 4.

    Returns: List of `Cell`.
    Raises: CommandError if the file is no notebook, or not one in Python.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        cells = content["cells"] if "cells" in content else content["worksheets"][0]["cells"]
        sources = [
            _joined(cell["source"] if "source" in cell else cell["input"])
            for cell in cells
            if cell["cell_type"] == "code"
        ]
        language = content.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    except (
        UnicodeDecodeError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ) as error:
        raise CommandError(f"{path} is not a notebook: {type(error).__name__}: {error}") from None
    if language != "python":
        raise CommandError(f"{path} is a notebook in {language}, not in Python")
    labels = (f"{path.name}[{number}]" for number in range(1, len(sources) + 1))
    return [Cell(plain_python(source, label), label) for source, label in zip(sources, labels)]


def _joined(source):
    return source if isinstance(source, str) else "".join(source)


def plain_python(source, label, note=None):
    """Return a cell's code with magics and shell lines replaced, line numbers kept.

    Args:
        source: The code.
        label: How notes call the cell.
        note: Function that gets a line about everything left out; prints to stderr by default.

    >>> plain_python("%matplotlib inline\\nx = 1", "cell", note=print)
    cell: left out: %matplotlib inline
    'pass\\nx = 1'
    """
    note = note or (lambda text: print(text, file=sys.stderr))
    if source.lstrip().startswith("%%"):
        first, _, rest = source.lstrip().partition("\n")
        if first[2:].split(maxsplit=1)[:1] not in ([name] for name in _PYTHON_CELLS):
            note(f"{label}: left out: the cell under {first}")
            return ""
        note(f"{label}: left out: {first}")
        return plain_python(f"pass\n{rest}", label, note)
    if _parses(source):  # also where a line of an expression begins with %
        return source
    lines = []
    for line in source.split("\n"):
        found = _MAGIC.match(line)
        if found is None:
            lines.append(line)
        elif line.strip().startswith("%time "):
            lines.append(line.replace("%time ", "", 1))
        else:
            note(f"{label}: left out: {line.strip()}")
            lines.append(f"{found['indent']}pass")
    return "\n".join(lines)


def _parses(source):
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True
