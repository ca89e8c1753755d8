"""Write a SavedModel for serving, or a LiteRT file."""

from tfk.cli.arrays import read_inputs
from tfk.cli.errors import CommandError
from tfk.cli.loading import add_model_argument, load_model

DETAILS = """\
examples:
  tfk export model.keras served/digits --version auto     # served/digits/1, then 2, ...
  tfk export model.keras served/digits --warmup rows.npz
  tfk export model.keras model.tflite --quantize dynamic"""


def add_arguments(parser):
    add_model_argument(parser)
    parser.add_argument(
        "output", metavar="DIR", help="folder to write, or a file ending in .tflite"
    )
    parser.add_argument(
        "--version", metavar="N", help="write DIR/N; `auto` takes the next free number"
    )
    parser.add_argument(
        "--warmup", metavar="DATA", help=".npy, .npz or .csv with inputs for the server's warm-up"
    )
    parser.add_argument(
        "--quantize", choices=("dynamic", "float16", "int8"), help="smaller weights (.tflite alone)"
    )
    parser.add_argument(
        "--representative", metavar="DATA", help="typical inputs, for --quantize int8"
    )


def execute(args):
    is_lite = args.output.endswith(".tflite")
    refused = ("version", "warmup") if is_lite else ("quantize", "representative")
    for option in refused:
        if getattr(args, option) is not None:
            raise CommandError(
                f"--{option} does not go with a"
                f" {'.tflite file' if is_lite else 'SavedModel folder'}"
            )
    model = load_model(args)
    if is_lite:
        data = read_inputs([args.representative], model) if args.representative else None
        path = model.export(
            args.output, format="tflite", quantize=args.quantize, representative_data=data
        )
    else:
        data = read_inputs([args.warmup], model) if args.warmup else None
        path = model.export(args.output, version=_version(args.version), warmup=data)
    print(path)


def _version(text):
    if text is None or text == "auto":
        return text
    if not text.isdecimal():
        raise CommandError(f"--version takes a whole number or auto, not {text}")
    return int(text)
