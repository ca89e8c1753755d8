"""Every public layer, one row or more of a table, through everything that must hold for all
layers.
"""

import inspect

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.conformance.row import all_rows
from tests.support.compare import assert_close
from tfk.engine.layer import scratch
from tfk.layers import Layer
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object

ROWS = all_rows()
# Classes that are not layers one can call, with what they are.
NOT_CALLED = {
    "AbstractRNNCell": "the base class of cells",
    "DenseFeatures": "made from feature columns; see tests/layers/feature_column",
    "InputLayer": "the entry of a model; tested with models",
    "InputSpec": "a description of inputs",
    "Layer": "the base class",
    "TFSMLayer": "made from a folder; see tests/layers/core/test_tfsm_layer.py",
    "Wrapper": "the base class of wrappers",
}


def rows(*conditions, first=False):
    """Parametrization over the rows for which all conditions hold; with `first`, one row for each
    class.
    """
    chosen = [row for row in ROWS if all(condition(row) for condition in conditions)]
    if first:
        chosen = list({row.name: row for row in reversed(chosen)}.values())[::-1]
    return pytest.mark.parametrize("row", chosen, ids=str)


def public_classes():
    return {name: obj for name, obj in vars(tfk.layers).items() if inspect.isclass(obj)}


def tensors(row, dtype=None):
    made = [tf.constant(array) for array in row.inputs()]
    return [tf.cast(t, dtype) if dtype and t.dtype.is_floating else t for t in made]


def flat(outputs):
    return [tf.convert_to_tensor(o) for o in tf.nest.flatten(outputs, expand_composites=True)]


def test_every_layer_has_a_row():
    covered = {getattr(tfk.layers, row.name) for row in ROWS}
    missing = [
        n for n, cls in public_classes().items() if cls not in covered and n not in NOT_CALLED
    ]
    assert not missing, f"add rows for {missing} to a file in tests/conformance/rows"


def plain(config):
    """A config in plain values, with tuples as lists, so that two can be compared."""
    config = serialize_keras_object(config)
    if isinstance(config, dict):
        return {key: plain(value) for key, value in config.items()}
    if isinstance(config, (list, tuple)):
        return [plain(value) for value in config]
    if isinstance(config, np.ndarray):
        return config.tolist()
    return pytest.approx(config) if isinstance(config, float) else config


@rows()
def test_config_makes_an_equal_layer(row):
    layer = row.make(tfk.layers)
    config = serialize_keras_object(layer)
    copy = deserialize_keras_object(config)
    assert type(copy) is type(layer)
    assert serialize_keras_object(copy) == config
    row.run(layer, tensors(row))  # once built, the config may know more
    again = type(layer).from_config(layer.get_config())
    assert serialize_keras_object(again.get_config()) == serialize_keras_object(layer.get_config())


@rows(lambda row: row.oracle)
def test_same_as_tf_keras(row):
    tf_keras = pytest.importorskip("tf_keras")
    inputs = tensors(row)
    with tf.device("CPU"):
        theirs = row.make(tf_keras.layers, name="same")
        row.run(theirs, inputs)
        ours = row.make(tfk.layers, name="same")
        row.run(ours, inputs)
        check_configs(row, ours, theirs)
        assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
        ours.set_weights(theirs.get_weights())
        for training in (False,) if row.is_random else (False, True):
            check_call(row, ours, theirs, inputs, training)


def check_configs(row, ours, theirs):
    mine, other = plain(ours.get_config()), plain(theirs.get_config())
    assert set(other) - set(mine) == set(row.not_recorded)
    assert set(mine) - set(other) == set(row.also_recorded)
    for key in set(mine) & set(other):
        assert mine[key] == other[key], key


def check_call(row, ours, theirs, inputs, training):
    arguments = {"training": training} if takes(theirs, "training") else {}
    results = []
    for layer in (ours, theirs):
        watched = [x for x in inputs if x.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            outputs = row.run(layer, inputs, **arguments)
            floats = [o for o in flat(outputs) if o.dtype.is_floating]
            # Uneven weights: a sum alone would hide errors that cancel.
            loss = (
                tf.add_n([tf.reduce_sum(tf.sin(3.0 * o) + o) for o in floats]) if floats else None
            )
        sources = watched + list(layer.trainable_weights)
        gradients = tape.gradient(loss, sources) if loss is not None and row.gradients else []
        results.append(
            (outputs, [None if g is None else tf.convert_to_tensor(g) for g in gradients])
        )
    (mine, my_gradients), (other, other_gradients) = results
    assert_close(mine, other, row.tolerance, what=f"values, training={training}")
    assert_same_masks(mine, other)
    for one, other in zip(my_gradients, other_gradients):
        assert (one is None) == (other is None)
        if one is not None:
            assert_close(one, other, 10 * row.tolerance, what=f"gradients, training={training}")
    assert_close(
        ours.get_weights(), theirs.get_weights(), row.tolerance, what="weights after the call"
    )


def assert_same_masks(ours, theirs):
    for one, other in zip(*(tf.nest.flatten(outputs) for outputs in (ours, theirs))):
        mine, wanted = (getattr(output, "_keras_mask", None) for output in (one, other))
        assert (mine is None) == (wanted is None)
        assert mine is None or (mine.numpy() == wanted.numpy()).all()


def takes(layer, argument):
    parameters = inspect.signature(layer.call).parameters
    return argument in parameters


@rows()
def test_shape_rule_tells_the_real_shape(row):
    layer = row.make(tfk.layers)
    outputs = row.run(layer, tensors(row))
    inputs = [
        tfk.Input(shape[1:], dtype=t.dtype) for shape, t in zip(row.partial_shapes(), tensors(row))
    ]
    symbolic = row.run(layer, inputs)
    specs = [tf.TensorSpec(shape, t.dtype) for shape, t in zip(row.partial_shapes(), tensors(row))]
    traced = scratch.trace(lambda *xs: row.run(layer, list(xs)), *specs)
    for real, told, found in zip(*map(tf.nest.flatten, (outputs, symbolic, traced))):
        assert real.dtype == told.dtype
        assert told.shape.rank == real.shape.rank
        for size, said, seen in zip(real.shape, told.shape, found.shape):
            assert said in (None, size)
            assert said == seen or seen is None, "a trace knows more than the rule"
    if not (row.call or row.positional):
        full = row.shapes if row.has_several_inputs else row.shape
        rule = tf.nest.flatten(tfk.utils.shapes.to_tuples(layer.compute_output_shape(full)))
        assert rule == [size for o in tf.nest.flatten(outputs) for size in o.shape]


@rows(lambda row: row.label == "channels_first")
def test_layouts_agree(row):
    """Where the other library has no kernel for channels that come first, the other layout has the
    numbers.
    """
    first = row.make(tfk.layers)
    row.run(first, tensors(row))
    last = row.make(tfk.layers, data_format="channels_last")
    moved = [tf.constant(np.moveaxis(x, 1, -1)) for x in row.inputs()]
    row.run(last, moved)
    last.set_weights(first.get_weights())
    results = []
    for layer, inputs, to_last in ((last, moved, False), (first, tensors(row), True)):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = row.run(layer, inputs)
            seen = tf.experimental.numpy.moveaxis(outputs, 1, -1) if to_last else outputs
            loss = tf.reduce_sum(tf.sin(3.0 * seen) + seen)
        of_inputs, *of_weights = tape.gradient(loss, [*inputs, *layer.trainable_weights])
        results.append([seen, np.moveaxis(of_inputs, 1, -1) if to_last else of_inputs, *of_weights])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@rows(lambda row: row.function)
def test_eager_equals_function(row):
    layer = row.make(tfk.layers)
    inputs = tensors(row)
    eager = row.run(layer, inputs)
    specs = [tf.TensorSpec(shape, t.dtype) for shape, t in zip(row.partial_shapes(), inputs)]
    compiled = tf.function(
        lambda *xs: row.run(layer, list(xs)), input_signature=specs, autograph=False
    )
    assert_close(compiled(*inputs), eager, 1e-5)


@rows(lambda row: row.half, first=True)
def test_mixed_precision(row):
    layer = row.make(tfk.layers, dtype="mixed_float16")
    outputs = row.run(layer, tensors(row))
    symbolic = row.run(layer, [tfk.Input(x.shape[1:], dtype=x.dtype) for x in tensors(row)])
    for output, told in zip(tf.nest.flatten(outputs), tf.nest.flatten(symbolic)):
        assert output.dtype.name == row.half
        assert told.dtype == output.dtype
    assert all(w.dtype == tf.float32 for w in layer.trainable_weights)
    reference = row.make(tfk.layers)
    wide = row.run(reference, tensors(row))
    if not row.is_random:
        reference.set_weights(layer.get_weights())
        wide = row.run(reference, tensors(row))
        assert_close(
            tf.nest.map_structure(lambda o: tf.cast(o, wide_dtype(o)), outputs), wide, 3e-2
        )


def wide_dtype(output):
    return tf.float32 if output.dtype == tf.float16 else output.dtype


@rows(lambda row: row.mask is not None)
def test_masks(row):
    inputs = tensors(row)
    mask = tf.constant(np.random.default_rng(3).integers(0, 2, row.mask).astype(bool))
    layer = row.make(tfk.layers)

    def call(one):
        masked = [tf.identity(x) for x in inputs]
        for x in masked:
            x._keras_mask = mask
        return row.run(one, masked)

    outputs = call(layer)
    if row.keeps_mask is not None:
        for output in tf.nest.flatten(outputs):
            found = getattr(output, "_keras_mask", None)
            assert (found is not None) == row.keeps_mask
            if found is not None:
                assert (found.numpy() == mask.numpy()).all()
    if row.oracle:
        tf_keras = pytest.importorskip("tf_keras")
        theirs = row.make(tf_keras.layers)
        call(theirs)
        layer.set_weights(theirs.get_weights())
        ours, other = call(layer), call(theirs)
        assert_close(ours, other, row.tolerance)
        assert_same_masks(ours, other)


@rows(lambda row: row.fit, first=True)
def test_short_fit(row):
    inputs = [tfk.Input(x.shape[1:], dtype=x.dtype) for x in tensors(row)]
    outputs = tf.nest.flatten(row.run(row.make(tfk.layers), inputs))[0]
    outputs = tfk.layers.Dense(1)(tfk.layers.Flatten()(tfk.layers.Activation("linear")(outputs)))
    model = tfk.Model(inputs, outputs)
    model.compile("sgd", "mse")
    x = row.inputs()
    history = model.fit(x, np.zeros((len(x[0]), 1), "float32"), epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


@rows()
def test_weights_are_saved_and_loaded(row):
    layer = row.make(tfk.layers)
    inputs = tensors(row)
    expected = row.run(layer, inputs)
    copy = deserialize_keras_object(serialize_keras_object(layer))
    row.run(copy, inputs)
    assert [w.name.split("/")[-1] for w in copy.weights] == [
        w.name.split("/")[-1] for w in layer.weights
    ]
    stores = {id(part): {} for part in layer._flatten_layers()}
    for part, twin in zip(layer._flatten_layers(), copy._flatten_layers(), strict=True):
        assert type(part) is type(twin)
        part.save_own_variables(stores[id(part)])
        twin.load_own_variables(stores[id(part)])
    if not row.is_random:
        assert_close(row.run(copy, inputs), expected, 1e-6)


@rows(lambda row: not row.call, first=True)
def test_models_are_saved_and_loaded(row, tmp_path):
    inputs = [tfk.Input(x.shape[1:], dtype=x.dtype) for x in tensors(row)]
    model = tfk.Model(inputs, row.run(row.make(tfk.layers), inputs))
    expected = model(tensors(row), training=False)
    model.save(tmp_path / "model.keras")
    again = tfk.models.load_model(tmp_path / "model.keras")
    assert_close(again(tensors(row), training=False), expected, 1e-6)


def test_rows_name_layers():
    assert all(issubclass(getattr(tfk.layers, row.name), Layer) for row in ROWS)
