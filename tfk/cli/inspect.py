"""Show what a model file holds and needs, without building the model."""

from tfk.cli.errors import CommandError
from tfk.engine.model.summary import readable_size
from tfk.saving.inspection import as_json, inspect_file

DETAILS = """\
For files from somebody else: format, writing version, architecture, custom objects and Python code
that it needs, training settings, sizes, hash, and anything suspicious. Nothing in the file is run.
The exit code is 1 if a loader should reject the file.

examples:
  tfk inspect model.keras
  tfk inspect downloaded.h5 --json"""


def add_arguments(parser):
    parser.add_argument("file", metavar="FILE", help="a model file or folder of any kind")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def execute(args):
    try:
        report = inspect_file(args.file)
    except FileNotFoundError:
        raise CommandError(f"there is no file {args.file}") from None
    if args.json:
        print(as_json(report))
    else:
        for title, text in _lines(report):
            print(f"{title + ':':14} {_printable(text)}")
    return int(bool(report.problems))


def _printable(text):
    """Text of a file without control characters, which a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(text))


def _lines(report):
    """Yield the title and text of each line."""
    yield "format", report.kind
    yield "size", f"{readable_size(report.size)} ({report.size:,} bytes)"
    if report.sha256:
        yield "sha256", report.sha256
    if report.version:
        yield "written by", f"Keras {report.version}"
    if report.saved:
        yield "saved", report.saved
    if report.model:
        yield "model", " ".join(str(part) for part in report.model if part)
        counts = (f"{count} {name}" for name, count in report.layers.most_common())
        yield "layers", ", ".join(counts) or "none that is built in"
    if report.arrays:
        dtypes = (f"{name} {readable_size(size)}" for name, size in report.dtypes.most_common())
        yield "weights", f"{report.arrays} arrays, {report.elements:,} numbers, {', '.join(dtypes)}"
    yield from report.training.items()
    if report.custom:
        yield "needs", f"custom_objects for {', '.join(report.custom)}"
    yield "lambdas", ", ".join(report.lambdas) or "none"
    for problem in report.problems:
        yield "PROBLEM", problem
    yield "verdict", "a loader should reject this file" if report.problems else "no problem found"
