"""What defines an application, in a few lines: recorded once from tf_keras, compared with in the
tests.

python -m tests.applications.facts [NAME ...]    records the models (all, or those named) into
facts.json
"""

import functools
import gc
import hashlib
import json
import pathlib
import sys
from unittest import mock

PATH = pathlib.Path(__file__).with_suffix(".json")
# Arguments that choose among weight files, for the models that have them.
VARIANTS = {
    "MobileNet": [{}, {"alpha": 0.25, "input_shape": (128, 128, 3)}, {"alpha": 0.75}],
    "MobileNetV2": [{}, {"alpha": 0.35, "input_shape": (96, 96, 3)}, {"alpha": 1.4}],
    "MobileNetV3Small": [{}, {"alpha": 0.75}, {"minimalistic": True}],
    "MobileNetV3Large": [{}, {"alpha": 0.75}, {"minimalistic": True}],
    "ResNetRS152": [{}, {"weights": "imagenet-i192"}, {"weights": "imagenet-i224"}],
}
# Families whose files without classifier are recorded for each model; the others keep them in a
# table of one form.
WITHOUT_TABLE = ("DenseNet", "Inception", "MobileNet", "NASNet", "VGG", "Xception")


@functools.cache
def recorded():
    """The facts of all models, by name."""
    return json.loads(PATH.read_text(encoding="utf8"))


def facts_of(model):
    """Number, names and shapes of everything in a model, the long lists as digests."""
    weights = [f"{weight.name} {tuple(weight.shape)}" for weight in model.weights]
    return {
        "weights": len(weights),
        "parameters": model.count_params(),
        "output": list(model.output_shape),
        "layer names": digest([layer.name for layer in model.layers]),
        "weight names and shapes": digest(weights),
        "summary": digest(summary_of(model)),
    }


def summary_of(model):
    """The lines that `summary` prints."""
    lines = []
    model.summary(line_length=120, print_fn=lines.append)
    return [line.rstrip() for line in "\n".join(lines).split("\n")]


def digest(lines):
    """A short hash of a list of lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def key_of(arguments):
    """One variant of a model as text."""
    return json.dumps(arguments, sort_keys=True)


def record(names):
    """Writes down what tf_keras builds, and which weight files it asks for; initial values are left
    at zero.
    """
    import tensorflow as tf
    import tf_keras

    asked_for = []

    def get_file(fname, origin, file_hash=None, **_):
        asked_for.append([fname, origin, file_hash])
        return "unused"

    def zeros(self, shape, dtype=None, **_):
        return tf.zeros(shape, dtype or "float32")

    with (
        mock.patch("tf_keras.src.utils.data_utils.get_file", get_file),
        mock.patch.object(tf_keras.Model, "load_weights", lambda *_, **__: None),
        mock.patch.object(tf_keras.initializers.VarianceScaling, "__call__", zeros),
    ):
        for name in names:
            build = getattr(tf_keras.applications, name)
            files = {}
            for number, variant in enumerate(VARIANTS.get(name, [{}])):
                asked_for.clear()
                for include_top in (True, False) if name.startswith(WITHOUT_TABLE) else (True,):
                    tf_keras.backend.clear_session()
                    model = build(**{"weights": "imagenet", "include_top": include_top, **variant})
                    if number == 0 and include_top:
                        facts = facts_of(model)
                files[key_of(variant)] = list(asked_for)
            facts["files"] = files
            store = json.loads(PATH.read_text(encoding="utf8")) if PATH.exists() else {}
            store[name] = facts
            lines = [f"{json.dumps(key)}: {json.dumps(store[key])}" for key in sorted(store)]
            PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf8")
            print(name, flush=True)
            gc.collect()


def all_names():
    """Names of all model functions of tf_keras."""
    import tf_keras

    return sorted(name for name in dir(tf_keras.applications) if name[0].isupper())


if __name__ == "__main__":
    record(sys.argv[1:] or all_names())
