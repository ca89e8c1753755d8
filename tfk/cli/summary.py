"""Print the layers of a model file, their shapes and parameter counts."""

from tfk.cli.loading import add_model_argument, load_model

DETAILS = """\
examples:
  tfk summary model.keras
  tfk summary model.h5 --expand --flops"""


def add_arguments(parser):
    add_model_argument(parser)
    parser.add_argument(
        "--expand", action="store_true", help="list the layers of nested models too"
    )
    parser.add_argument("--trainable", action="store_true", help="say which layers train")
    parser.add_argument(
        "--flops", action="store_true", help="count operations and memory of one sample"
    )
    parser.add_argument("--width", type=int, metavar="N", help="width of the table in characters")


def execute(args):
    model = load_model(args)
    model.summary(
        line_length=args.width,
        expand_nested=args.expand,
        show_trainable=args.trainable,
        show_flops=args.flops,
    )
