"""Which release of Keras reads what which other one wrote.

    python scripts/compatibility                      # everything; hours, some 5 GB of environments
    python scripts/compatibility --every 3            # every third model
    python scripts/compatibility --writers tfk --readers keras-2.15 --formats h5 --only optimizer

Creates an environment for each release under `--environments` (or takes those that are there), lets
each writer write the models of `models.py` in every format, lets each reader read them, and prints
a table: how many models come back with equal outputs, evaluation, optimizer settings and state, and
equal outputs after another step of training. What differs is listed below it. A run that was
interrupted resumes where it was; `--fresh` forgets earlier results."""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections import Counter

from models import MODELS

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
# Per release: Python, packages, and the module in which programs find Keras.
RELEASES = {
    "keras-2.12": ("3.11", ["tensorflow-cpu==2.12.1", "numpy<2"], "tensorflow.keras"),
    "keras-2.13": ("3.11", ["tensorflow-cpu==2.13.1", "numpy<2"], "tensorflow.keras"),
    "keras-2.14": ("3.11", ["tensorflow-cpu==2.14.1", "numpy<2"], "tensorflow.keras"),
    "keras-2.15": ("3.11", ["tensorflow-cpu==2.15.1", "numpy<2"], "tensorflow.keras"),
    "tf_keras-2.21": (None, [], "tf_keras"),
    "keras-3.15": (None, [], "keras"),
    "tfk": (None, [], "tfk"),
}
FORMATS = ("keras", "h5", "weights", "h5_weights", "json")
UNFINISHED = 3  # exit status of work.py
SECONDS = 200  # that one process of it may take


def main():
    options = parse_arguments()
    if options.fresh:
        shutil.rmtree(options.files, ignore_errors=True)
    for writer in options.writers:
        run(options, writer, "write", module_of(writer), options.files / writer)
    shares, failures = {}, {}
    for writer, reader in pairs(options):
        results = read(options, writer, reader)
        for kind in options.formats:
            found = {name: result[kind] for name, result in results.items()}
            shares[writer, reader, kind] = share(found)
            failures[writer, reader, kind] = {
                name: result for name, result in found.items() if result not in ("equal", "absent")
            }
    print(table(options, shares))
    print(listing(failures))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--environments", type=pathlib.Path, default=PROJECT / "out/environments")
    parser.add_argument("--files", type=pathlib.Path, default=PROJECT / "out/compatibility")
    parser.add_argument("--writers", nargs="+", default=list(RELEASES), choices=list(RELEASES))
    parser.add_argument("--readers", nargs="+", default=list(RELEASES), choices=list(RELEASES))
    parser.add_argument("--formats", nargs="+", default=list(FORMATS), choices=FORMATS)
    parser.add_argument("--only", default="", help="regular expression for names of models")
    parser.add_argument("--every", type=int, default=1, help="take each Nth model")
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    return parser.parse_args()


def pairs(options):
    """Writer and reader of every row; one of the two is tfk."""
    return [
        (writer, reader)
        for writer in options.writers
        for reader in options.readers
        if "tfk" in (writer, reader)
    ]


def module_of(release):
    return RELEASES[release][2]


def python_of(options, release):
    """The interpreter of a release; its environment is created when it is missing."""
    version, packages, _ = RELEASES[release]
    if version is None:
        return sys.executable
    folder = options.environments / release
    python = folder / "bin/python"
    if not (folder / "ready").exists():
        subprocess.run([f"python{version}", "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        (folder / "ready").touch()
    return python


def run(options, release, *arguments):
    """Runs `work.py` in the environment of a release until there is nothing left to do."""
    command = [python_of(options, release), HERE / "work.py", *arguments]
    command += ["--seconds", SECONDS, "--only", options.only, "--every", options.every]
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
    }
    status = UNFINISHED
    while status == UNFINISHED:
        status = subprocess.run(list(map(str, command)), env=environment).returncode
    if status:
        sys.exit(f"work.py {' '.join(map(str, arguments))} ended with status {status}")


def read(options, writer, reader):
    """What became of each model in each format: all of them in one process."""
    path = options.files / f"{writer}-{reader}.json"
    run(options, reader, "read", module_of(reader), options.files / writer, path, *options.formats)
    results = json.loads(path.read_text())
    wanted = [name for name in MODELS if re.search(options.only, name)][:: options.every]
    return {name: results[name] for name in wanted}


def share(results):
    """`(equal, tried)`."""
    counts = Counter(results.values())
    return counts["equal"], len(results) - counts["absent"]


def table(options, shares):
    """The shares in Markdown, a row for each pair of writer and reader."""
    rows = ["| writer | reader | " + " | ".join(options.formats) + " |"]
    rows.append("|" + "---|" * (2 + len(options.formats)))
    for writer, reader in dict.fromkeys((writer, reader) for writer, reader, _ in shares):
        cells = [shares[writer, reader, kind] for kind in options.formats]
        text = " | ".join(f"{equal}/{tried}" if tried else "" for equal, tried in cells)
        rows.append(f"| {writer} | {reader} | {text} |")
    return "\n".join(rows)


def listing(failures):
    """What was not equal, a line for each model."""
    return "\n".join(
        f"{writer} -> {reader} .{kind}: {name}: {result}"
        for (writer, reader, kind), results in failures.items()
        for name, result in sorted(results.items())
    )


if __name__ == "__main__":
    main()
