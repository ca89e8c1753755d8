"""Writes the models with one version of Keras, or reads what another one wrote.

    python work.py write LIBRARY FOLDER
    python work.py read LIBRARY FOLDER RESULTS FORMAT...

Runs inside the environment of that version, so it needs nothing but Keras, NumPy and Python 3.7.
LIBRARY is `tensorflow.keras`, `tf_keras`, `keras` or `tfk`. Beside its files each model leaves
`facts.npz` and `facts.json`: data, outputs, evaluation, optimizer and the outputs after another
step, which the reader compares with those of the model it loads.
"""

import argparse
import functools
import importlib
import json
import os
import re
import sys
import time
import traceback
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import models
import numpy as np

FORMATS = {
    "keras": "model.keras",
    "h5": "model.h5",
    "weights": "model.weights.h5",
    "h5_weights": "weights.h5",
    "json": "model.json",
}
# What tfk writes for Keras 3 lies beside what it writes for Keras 2.
FOR_KERAS_3 = {"keras": "for_keras_3.keras", "weights": "for_keras_3.weights.h5"}
FILES = {**FORMATS, **{kind + "_for_keras_3": file for kind, file in FOR_KERAS_3.items()}}
ROWS = 8
UNKNOWN_TO_A_VERSION = (AttributeError, ImportError, TypeError, ValueError)
TOLERANCE = {"rtol": 2e-4, "atol": 2e-5}
HALF_TOLERANCE = {"rtol": 2e-2, "atol": 2e-2}  # of models that compute in 16 bits


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["write", "read"])
    parser.add_argument("library")
    parser.add_argument("folder")
    parser.add_argument("results", nargs="?")
    parser.add_argument("formats", nargs="*", default=list(FORMATS))
    parser.add_argument("--only", default="", help="regular expression for names of models")
    parser.add_argument("--every", type=int, default=1, help="take each Nth model")
    parser.add_argument("--seconds", type=float, default=1e9, help="stop then, to be run again")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    k = load_library(options.library)
    names = [name for name in models.MODELS if re.search(options.only, name)][:: options.every]
    task = write_all if options.task == "write" else read_all
    end = time.time() + options.seconds
    return task(k, options, (name for name in names if time.time() < end), names)


def write_all(k, options, names, wanted):
    """Writes what is missing; the exit status is 3 if something still is."""

    def is_missing(name):
        return not os.path.exists(os.path.join(options.folder, name, "facts.json"))

    for name in names:
        if is_missing(name):
            write(k, name, os.path.join(options.folder, name))
    return 3 if any(map(is_missing, wanted)) else 0


def read_all(k, options, names, wanted):
    """Adds the results that are missing; the exit status is 3 if some still are."""
    results = {}
    if os.path.exists(options.results):
        with open(options.results) as file:
            results = json.load(file)
    for name in names:
        found = results.setdefault(name, {})
        for kind in options.formats:
            if kind not in found:
                found[kind] = read(k, name, os.path.join(options.folder, name), kind)
                k.backend.clear_session()
    with open(options.results, "w") as file:
        json.dump(results, file, indent=1)
    done = {name for name, found in results.items() if set(options.formats) <= set(found)}
    return 3 if set(wanted) - done else 0


def load_library(name):
    import logging

    import tensorflow as tf

    tf.get_logger().setLevel(logging.ERROR)
    logging.getLogger("absl").setLevel(logging.ERROR)
    return tf.keras if name == "tensorflow.keras" else importlib.import_module(name)


# Data ---------------------------------------------------------------------------------------------


def inputs_for(name, network):
    rng = np.random.RandomState(0)
    values = []
    for tensor in as_list(network.inputs):
        shape = (ROWS,) + tuple(size or 3 for size in tuple(tensor.shape)[1:])
        dtype = str(getattr(tensor.dtype, "name", tensor.dtype))
        if dtype == "string":
            values.append(rng.choice(models.WORDS, shape))
        elif dtype.startswith("int") or "Embedding" in name or "CategoryEncoding" in name:
            values.append(rng.randint(1, 9, shape).astype(dtype))
        else:
            values.append(rng.normal(size=shape).astype(dtype))
    return values


def targets_for(name, outputs):
    rng = np.random.RandomState(1)
    targets = []
    for output in outputs:
        if "sparse" in name.lower():
            targets.append(rng.randint(0, output.shape[-1], output.shape[:-1]))
        elif output.ndim == 2 and output.shape[-1] == 3:
            targets.append(np.eye(3, dtype="float32")[rng.randint(0, 3, ROWS)])
        else:
            targets.append(rng.uniform(size=output.shape).astype("float32").round(2))
    return targets


def as_list(nest):
    if isinstance(nest, dict):
        return [nest[key] for key in sorted(nest)]
    return list(nest) if isinstance(nest, (list, tuple)) else [nest]


def outputs_of(network, x):
    """What the model computes, from its first state if it keeps one."""
    restart(network)
    return [np.asarray(output, dtype="float64") for output in as_list(network(x, training=False))]


def restart(network):
    if is_keras_3(network):
        for layer in network.layers:
            if getattr(layer, "stateful", False):
                layer.reset_states()
    else:
        network.reset_states()


def optimizer_of(network):
    return getattr(network, "optimizer", None)


def is_keras_3(network):
    return library_of(network) == "keras" and hasattr(network, "stateless_compute_loss")


def state_of(optimizer):
    """The values of the optimizer's variables, in the order of its files."""
    if optimizer is None:
        return []
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    variables = inner.variables
    variables = (
        variables() if callable(variables) and not isinstance(variables, list) else variables
    )
    return [np.asarray(variable).astype("float64") for variable in variables]


def plain(value):
    """A config as JSON holds it."""
    if isinstance(value, dict):
        if value.get("class_name") and "config" in value:
            return {"class_name": value["class_name"], "config": plain(value["config"])}
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value


# Writing ------------------------------------------------------------------------------------------


def write(k, name, folder):
    os.makedirs(folder, exist_ok=True)
    k.backend.clear_session()
    try:
        k.utils.set_random_seed(7)
        network = models.MODELS[name](k)
    except UNKNOWN_TO_A_VERSION as error:
        note(folder, {"absent": f"{type(error).__name__}: {error}"})
        return
    x = inputs_for(name, network)
    inputs = as_inputs(network, x)
    arrays = {"x": x, "y": targets_for(name, outputs_of(network, inputs))}
    y = arrays["y"]
    facts = {"name": name, "library": k.__name__.split(".")[0]}
    facts["keras_3"] = is_keras_3(network)
    if optimizer_of(network) is not None:
        network.run_eagerly = True
        try:
            for _ in range(2):
                network.train_on_batch(inputs, as_targets(network, y))
            arrays["evaluation"] = evaluation(network, inputs, y)
        except Exception as error:
            facts["untrained"] = f"{type(error).__name__}: {str(error)[:200]}"
        facts["optimizer"] = plain(optimizer_of(network).get_config())
    arrays["outputs"] = outputs_of(network, inputs)
    arrays["weights"] = network.get_weights()
    arrays["state"] = state_of(optimizer_of(network))
    for kind, save in writers(network).items():
        try:
            save(os.path.join(folder, FILES[kind]))
        except Exception as error:
            facts["not_" + kind] = f"{type(error).__name__}: {str(error)[:200]}"
    if optimizer_of(network) is not None and "untrained" not in facts:
        network.train_on_batch(inputs, as_targets(network, y))
        arrays["next"] = outputs_of(network, inputs)
    flat = {}
    for key, values in arrays.items():
        facts["n_" + key] = len(values)
        flat.update({f"{key}_{i}": without_objects(value) for i, value in enumerate(values)})
    np.savez(os.path.join(folder, "facts.npz"), **flat)
    note(folder, facts)


def without_objects(value):
    """An array of strings in a type that needs no pickle."""
    value = np.asarray(value)
    return value.astype("U") if value.dtype == object else value


def writers(network):
    def write_json(path):
        with open(path, "w") as file:
            file.write(network.to_json())

    kinds = {
        "keras": network.save,
        "h5": network.save,
        "weights": network.save_weights,
        "h5_weights": network.save_weights,
        "json": write_json,
    }
    if library_of(network) == "tfk":
        for kind in FOR_KERAS_3:
            kinds[kind + "_for_keras_3"] = functools.partial(kinds[kind], for_keras=3)
    return kinds


def note(folder, facts):
    with open(os.path.join(folder, "facts.json"), "w") as file:
        json.dump(facts, file, indent=1, default=str)


def as_inputs(network, values):
    """The inputs by name if the model was built on a dict of them."""
    structure = getattr(network, "_nested_inputs", None)
    if structure is None and getattr(network, "_graph", None) is not None:
        structure = network._graph.nested_inputs
    if isinstance(structure, dict):
        names = [tensor.name.split(":")[0] for tensor in as_list(network.inputs)]
        return dict(zip(names, values))
    if is_keras_3(network):  # which takes no strings of NumPy
        values = [strings(value) if value.dtype.kind == "U" else value for value in values]
    return values if len(values) > 1 else values[0]


def strings(value):
    import tensorflow as tf

    return tf.constant(value)


def as_targets(network, values):
    names = getattr(network, "output_names", None)
    loss = network.loss
    if isinstance(loss, dict) and names:
        return (
            dict(zip(sorted(names), values))
            if is_dict_output(network)
            else dict(zip(names, values))
        )
    return values if len(values) > 1 else values[0]


def is_dict_output(network):
    structure = getattr(network, "_nested_outputs", None)
    if structure is None and getattr(network, "_graph", None) is not None:
        structure = network._graph.nested_outputs
    return isinstance(structure, dict)


def evaluation(network, inputs, y):
    restart(network)
    values = network.evaluate(inputs, as_targets(network, y), batch_size=ROWS, verbose=0)
    return [np.asarray(value, dtype="float64") for value in as_list(values)]


# Reading ------------------------------------------------------------------------------------------


def read(k, name, folder, kind):
    """`"equal"`, `"absent"` if there is nothing to read, or what went wrong."""
    with open(os.path.join(folder, "facts.json")) as file:
        facts = json.load(file)
    if "absent" in facts:
        return "absent"
    file = kind
    if facts["library"] == "tfk" and k.__name__ == "keras":
        file += "_for_keras_3"
    if file not in FILES:
        return "absent"
    if "not_" + file in facts:
        return "not written: " + facts["not_" + file]
    with np.load(os.path.join(folder, "facts.npz"), allow_pickle=False) as stored:
        arrays = {
            key[2:]: [stored[f"{key[2:]}_{i}"] for i in range(count)]
            for key, count in facts.items()
            if key.startswith("n_")
        }
    path = os.path.join(folder, FILES[file])
    try:
        network = READERS[kind](k, name, path, arrays)
        compare(network, name, facts, arrays, kind)
    except Skip as reason:
        return f"skipped: {reason}"
    except Difference as reason:
        return f"differs: {reason}"
    except Exception as error:
        if os.environ.get("SHOW_TRACEBACK"):
            traceback.print_exc()
        return "{}: {}".format(type(error).__name__, " ".join(str(error).split())[:300])
    return "equal"


class Difference(Exception):
    pass


class Skip(Exception):
    pass


def build(k, name):
    try:
        k.utils.set_random_seed(11)
        return models.MODELS[name](k)
    except UNKNOWN_TO_A_VERSION as error:
        raise Skip(f"cannot be built here: {error}") from None


def read_weights(k, name, path, arrays):
    network = build(k, name)
    network.load_weights(path)
    return network


def read_json(k, name, path, arrays):
    with open(path) as file:
        network = k.models.model_from_json(file.read())
    network.set_weights(arrays["weights"])
    return network


READERS = {
    "keras": lambda k, name, path, arrays: k.models.load_model(path),
    "h5": lambda k, name, path, arrays: k.models.load_model(path),
    "weights": read_weights,
    "h5_weights": read_weights,
    "json": read_json,
}


def compare(network, name, facts, arrays, kind):
    tolerance = HALF_TOLERANCE if "mixed" in name else TOLERANCE

    def same(what, got, expected):
        check_equal(what, got, expected, tolerance)

    inputs = as_inputs(network, arrays["x"])
    same("outputs", outputs_of(network, inputs), arrays["outputs"])
    if kind not in ("keras", "h5"):
        return
    if (optimizer_of(network) is None) != ("optimizer" not in facts):
        raise Difference("it is {}compiled".format("not " if optimizer_of(network) is None else ""))
    if optimizer_of(network) is None:
        return
    same_config("optimizer", plain(optimizer_of(network).get_config()), facts["optimizer"])
    if "untrained" in facts:
        return
    network.run_eagerly = True
    other_order = is_keras_3(network) or facts.get("keras_3")  # of the metrics of several outputs
    order = functools.partial(sorted, key=np.sum) if other_order else list
    values = order(evaluation(network, inputs, arrays["y"]))
    same("evaluation", values, order(arrays["evaluation"]))
    keras_2 = not (facts["library"] == library_of(network) == "tfk")
    if keras_2 and kind == "keras" and "legacy." in name:
        return  # Keras 2 leaves the state of legacy optimizers out of .keras files
    if not other_order:
        same("optimizer state", state_of(optimizer_of(network)), arrays["state"])
    restarts = library_of(network) != "tfk" and name.startswith("optimizer/Nadam")
    if name in models.RANDOM or restarts:
        return  # Keras 2 stores a part of Nadam's state nowhere
    network.train_on_batch(inputs, as_targets(network, arrays["y"]))
    same("outputs after a step", outputs_of(network, inputs), arrays["next"])


def library_of(network):
    return type(network).__module__.split(".")[0]


def check_equal(what, got, expected, tolerance):
    if len(got) != len(expected):
        raise Difference(f"{what}: {len(got)} values instead of {len(expected)}")
    for value, other in zip(got, expected):
        if value.shape != other.shape:
            raise Difference(f"{what}: shape {value.shape} instead of {other.shape}")
        if not np.allclose(value, other, equal_nan=True, **tolerance):
            raise Difference(f"{what} by {np.abs(value - other).max():.2g}")


# Settings that some versions have and others not, and that change no result.
IGNORED = {"jit_compile", "is_legacy_optimizer", "name", "mesh"}


def same_config(what, got, expected):
    for key in sorted(set(got) & set(expected) - IGNORED):
        if not same_value(got[key], expected[key]):
            raise Difference(f"{what} {key}: {got[key]!r} instead of {expected[key]!r}")


def same_value(value, other):
    if isinstance(value, dict) and isinstance(other, dict):
        if "class_name" in value:
            return value["class_name"] == other.get("class_name") and same_value(
                value["config"], other.get("config")
            )
        return all(same_value(value[key], other[key]) for key in set(value) & set(other) - IGNORED)
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(same_value, value, other))
    if isinstance(value, (int, float)) and isinstance(other, (int, float)):
        return bool(np.isclose(value, other, rtol=1e-5))
    return value == other


if __name__ == "__main__":
    sys.exit(main())
