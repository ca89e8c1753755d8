"""Draw the graph of a model file."""

import pathlib

from tfk.cli.errors import CommandError
from tfk.cli.loading import add_model_argument, load_model
from tfk.utils.plotting import plot_model

ENDINGS = (".png", ".svg", ".pdf", ".jpg", ".dot", "")  # none is a PNG too

DETAILS = """\
Needs pydot and Graphviz, except for .dot files; `tfk doctor` says whether they are there.

examples:
  tfk plot model.keras
  tfk plot model.keras picture.svg --shapes --expand"""


def add_arguments(parser):
    add_model_argument(parser)
    parser.add_argument(
        "output",
        nargs="?",
        metavar="PICTURE",
        help="file to write: .png, .svg, .pdf, .jpg or .dot (FILE.png)",
    )
    parser.add_argument("--shapes", action="store_true", help="write shapes into the boxes")
    parser.add_argument("--dtypes", action="store_true", help="write dtypes into the boxes")
    parser.add_argument(
        "--activations", action="store_true", help="write activations into the boxes"
    )
    parser.add_argument("--trainable", action="store_true", help="mark which layers train")
    parser.add_argument("--no-names", action="store_true", help="leave out the names of layers")
    parser.add_argument("--expand", action="store_true", help="draw the layers of nested models")
    parser.add_argument(
        "--rankdir", choices=("TB", "LR", "BT", "RL"), default="TB", help="direction (TB)"
    )
    parser.add_argument("--dpi", type=int, default=96, help="dots per inch (96)")


def execute(args):
    output = args.output or str(pathlib.Path(args.file).with_suffix(".png"))
    ending = pathlib.Path(output).suffix.lower()
    if ending not in ENDINGS:
        raise CommandError(f"{output}: unknown extension {ending}; use {', '.join(ENDINGS[:-1])}")
    plot_model(
        load_model(args),
        output,
        show_shapes=args.shapes,
        show_dtype=args.dtypes,
        show_layer_names=not args.no_names,
        rankdir=args.rankdir,
        expand_nested=args.expand,
        dpi=args.dpi,
        show_layer_activations=args.activations,
        show_trainable=args.trainable,
    )
    print(output)
