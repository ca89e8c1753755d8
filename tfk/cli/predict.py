"""Print or save what a model predicts for data in a file."""

import csv
import json
import pathlib
import sys

import numpy as np

from tfk.cli.arrays import read_inputs
from tfk.cli.errors import CommandError
from tfk.cli.loading import add_model_argument, load_model
from tfk.utils.atomic import replacing_file

DETAILS = """\
DATA is one .npy, .npz or .csv file, or any number of images and folders of images. Arrays of an
.npz file and columns of a .csv file go to the inputs of their names where the model has several.

examples:
  tfk predict model.keras rows.csv
  tfk predict model.keras photos/*.jpg --scale 255 --top 3 --labels classes.txt
  tfk predict model.keras x.npy --output predictions.npy"""


def add_arguments(parser):
    add_model_argument(parser)
    parser.add_argument(
        "data", nargs="+", metavar="DATA", help="input: .npy, .npz, .csv, images or folders"
    )
    parser.add_argument(
        "--scale", type=float, metavar="N", help="divide the input by N, such as 255 for images"
    )
    parser.add_argument(
        "--batch-size", type=int, default=32, metavar="N", help="rows at a time (32)"
    )
    parser.add_argument(
        "--output", metavar="FILE", help="write .npy, .npz, .csv or .json instead of printing"
    )
    parser.add_argument(
        "--top", type=int, metavar="K", help="print the K most probable classes of each row"
    )
    parser.add_argument(
        "--labels", metavar="FILE", help="text file with the name of a class a line, for --top"
    )


def execute(args):
    if args.batch_size < 1 or (args.top is not None and args.top < 1):
        raise CommandError("--batch-size and --top take numbers from 1")
    if args.labels and args.top is None:
        raise CommandError("--labels goes with --top K, the number of classes to print")
    ending = pathlib.Path(args.output).suffix.lower() if args.output else None
    if ending not in (None, ".npy", ".npz", ".csv", ".json"):
        raise CommandError(f"--output: unknown extension {ending}; use .npy, .npz, .csv or .json")
    model = load_model(args)
    inputs = read_inputs(args.data, model, args.scale)
    outputs = model.predict(inputs, batch_size=args.batch_size, verbose=0)
    named = _by_name(outputs, model)
    if args.top is not None:
        return _print_top(named, args.top, _read_labels(args.labels))
    if args.output is None:
        _write_csv(sys.stdout, named)
    else:
        with replacing_file(args.output) as temporary:
            _write(temporary, ending, named)
        print(args.output)
    return 0


def _by_name(outputs, model):
    """The outputs as a dict from the names of the output layers."""
    if isinstance(outputs, dict):
        return outputs
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    names = model.output_names or []
    if len(names) != len(outputs):
        names = [f"output_{number}" for number in range(1, len(outputs) + 1)]
    return {name: np.asarray(output) for name, output in zip(names, outputs)}


def _write(path, ending, named):
    if ending == ".csv":
        with open(path, "w", newline="", encoding="utf-8") as file:
            _write_csv(file, named)
    elif ending == ".json":
        content = {name: output.tolist() for name, output in named.items()}
        pathlib.Path(path).write_text(json.dumps(content) + "\n", "utf-8")
    elif ending == ".npz":
        with open(path, "wb") as file:
            np.savez(file, **named)
    elif len(named) > 1:
        raise CommandError(f"the model has the outputs {', '.join(named)}: use .npz, .csv or .json")
    else:
        with open(path, "wb") as file:
            np.save(file, next(iter(named.values())), allow_pickle=False)


def _write_csv(file, named):
    """One line a row: all values of all outputs, columns named after the output and its indices."""
    header, columns = [], []
    for name, output in named.items():
        for index in np.ndindex(output.shape[1:]):
            header.append("_".join([name, *map(str, index)]))
            columns.append(output[(slice(None), *index)])
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    for row in zip(*columns):
        writer.writerow(
            f"{value:.6g}" if isinstance(value, (float, np.floating)) else value for value in row
        )


def _print_top(named, count, labels):
    for name, output in named.items():
        if output.ndim != 2:
            raise CommandError(
                f"--top needs one probability per class; output {name} has shape {output.shape}"
            )
        if labels is not None and len(labels) != output.shape[1]:
            raise CommandError(
                f"--labels has {len(labels)} names, output {name} has {output.shape[1]} classes"
            )
        if count > output.shape[1]:
            raise CommandError(
                f"--top {count} is more than the {output.shape[1]} classes of output {name}"
            )
        for number, row in enumerate(output):
            best = np.argsort(-row, kind="stable")[:count]
            described = (f"{labels[index] if labels else index} {row[index]:.4f}" for index in best)
            print(f"{number}: {', '.join(described)}")
    return 0


def _read_labels(filename):
    if filename is None:
        return None
    try:
        return pathlib.Path(filename).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--labels: {error}") from None
