"""Write a model file in another format."""

import json
import pathlib

from tfk.cli.errors import CommandError
from tfk.cli.loading import add_model_argument, load_model
from tfk.utils.atomic import replacing_file

DETAILS = """\
  .keras        zip archive of Keras 2 (architecture, weights, compile settings, optimizer)
  .h5, .hdf5    HDF5 file of Keras 2 (the same content)
  .weights.h5   weights alone
  .json         architecture alone
  .tflite       LiteRT, for inference on small devices
  no ending     SavedModel folder of TensorFlow, which tfk can load again

examples:
  tfk convert old_model.h5 model.keras
  tfk convert architecture.json model.keras --weights weights.h5
  tfk convert saved_model_folder model.keras --for keras3"""


TARGETS = {"keras2": 2, "keras3": 3}


def add_arguments(parser):
    add_model_argument(parser)
    parser.add_argument("output", metavar="OUTPUT", help="the file or folder to write")
    parser.add_argument(
        "--for",
        dest="target",
        choices=sorted(TARGETS),
        default="keras2",
        help="which Keras is to load a .keras or .weights.h5 file; the default is keras2",
    )
    parser.add_argument(
        "--no-compile",
        action="store_true",
        help="leave out loss, metrics and the optimizer's state",
    )
    parser.add_argument("--force", action="store_true", help="replace OUTPUT if it exists")


def execute(args):
    output = pathlib.Path(args.output)
    if output.exists() and not args.force:
        raise CommandError(f"{output} exists; pass --force to replace it")
    ending = output.suffix.lower()
    if ending not in ("", ".h5", ".hdf5", ".json", ".keras", ".tflite"):
        raise CommandError(
            f"{output}: unknown extension {ending}; use .keras, .h5, .weights.h5, .json, .tflite,"
            " or none for a folder"
        )
    release = TARGETS[args.target]
    if release == 3 and ending != ".keras" and not output.name.endswith(".weights.h5"):
        raise CommandError(f"--for keras3 writes .keras and .weights.h5 files, not {output.name}")
    model = load_model(args, compile=ending not in (".json", ".tflite") and not args.no_compile)
    if ending == ".json":
        with replacing_file(output) as temporary:
            pathlib.Path(temporary).write_text(
                json.dumps(json.loads(model.to_json()), indent=2) + "\n", "utf-8"
            )
    elif ending == ".tflite":
        model.export(output, format="tflite")
    elif output.name.endswith(".weights.h5"):
        model.save_weights(output, for_keras=release)
    elif release == 3:
        model.save(output, save_format="keras", for_keras=3)
    else:
        model.save(output)
    print(output)
