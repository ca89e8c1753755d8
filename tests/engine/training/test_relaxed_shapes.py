"""Shapes that vary: two traces serve them all, and the numbers are those of exact shapes."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.engine.training.relaxed_shapes import RelaxedShapes

LENGTHS = (5, 9, 7, 12)


def text_model():
    tfk.utils.set_random_seed(1)
    layers = [
        tfk.layers.Embedding(20, 4, mask_zero=True),
        tfk.layers.GlobalAveragePooling1D(),
        tfk.layers.Dense(1),
    ]
    model = tfk.Sequential(layers)
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def batches():
    rng = np.random.default_rng(0)
    return [
        (rng.integers(1, 20, (4, length)), np.full((4, 1), length / 10, "float32"))
        for length in LENGTHS
    ]


def one_dataset(*arrays):
    return tf.data.Dataset.from_tensors(arrays if len(arrays) > 1 else arrays[0])


WAYS = {
    "train_on_batch": ("train", lambda model, x, y: model.train_on_batch(x, y)),
    "fit arrays": (
        "train",
        lambda model, x, y: model.fit(x, y, batch_size=2, shuffle=False, verbose=0),
    ),
    "fit datasets": ("train", lambda model, x, y: model.fit(one_dataset(x, y), verbose=0)),
    "fit generators": (
        "train",
        lambda model, x, y: model.fit(iter([(x, y)]), steps_per_epoch=1, verbose=0),
    ),
    "evaluate": ("test", lambda model, x, y: model.evaluate(x, y, verbose=0)),
    "predict": ("predict", lambda model, x, y: model.predict(x, verbose=0)),
    "predict_on_batch": ("predict", lambda model, x, y: model.predict_on_batch(x)),
    "predict datasets": ("predict", lambda model, x, y: model.predict(one_dataset(x), verbose=0)),
}


@pytest.mark.parametrize("way", WAYS)
def test_two_traces_serve_all_lengths_with_the_numbers_of_exact_ones(way):
    mode, run = WAYS[way]
    model, exact = text_model(), text_model()
    for x, y in batches():
        exact._caches.forget(mode)  # so that this shape is the first one again
        ours, wanted = run(model, x, y), run(exact, x, y)
        if way.startswith("fit"):
            ours, wanted = model.get_weights(), exact.get_weights()
        for mine, other in zip(tf.nest.flatten(ours), tf.nest.flatten(wanted)):
            np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)
    loops = model._caches.current(model).loops
    assert [loop.traces for key, loop in loops.items() if key[0] == mode] == [2]


def test_images_of_all_sizes():
    inputs = tfk.Input((None, None, 3))
    outputs = tfk.layers.Conv2D(2, 3, padding="same")(inputs)
    model = tfk.Model(inputs, outputs)
    model.compile("sgd", "mse")
    for height, width in ((8, 8), (8, 6), (5, 6), (7, 9), (4, 4)):
        x = np.ones((2, height, width, 3), "float32")
        model.train_on_batch(x, np.zeros((2, height, width, 2), "float32"))
        np.testing.assert_allclose(model.predict_on_batch(x), model(x), rtol=1e-5, atol=1e-6)
    traces = {key[0]: loop.traces for key, loop in model._caches.current(model).loops.items()}
    assert traces == {"train": 3, "predict": 3}  # first the width varies, then the height


def test_a_model_that_needs_to_know_a_size_gets_a_trace_for_each():
    class Mean(tfk.Model):
        def call(self, x):
            return tf.reduce_sum(x, [1, 2])[:, None] / len(range(x.shape[1]))

    model = Mean()
    for length in (3, 4, 5):
        outputs = model.predict_on_batch(np.ones((2, length, 1), "float32"))
        np.testing.assert_allclose(outputs, np.ones((2, 1)))
    (loop,) = model._caches.current(model).loops.values()
    assert loop.traces == 3 + 1  # one failed


@pytest.mark.parametrize("declared", [True, False])
def test_features_are_checked_as_before(declared):
    model = tfk.Sequential([tfk.Input((8,))] if declared else [])
    model.add(tfk.layers.Dense(1, name="last"))
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((4, 8)), np.ones((4, 1)))
    with pytest.raises(ValueError, match="expected (shape|axis).* 8"):
        model.train_on_batch(np.ones((4, 5)), np.ones((4, 1)))
    model.train_on_batch(np.ones((3, 8)), np.ones((3, 1)))


def spec(*shape, dtype=tf.float32):
    return tf.TensorSpec((None, *shape), dtype)


def relaxed(model, first, second):
    shapes = RelaxedShapes(model)
    shapes.note_first(first)
    return shapes.admitting(second)


@pytest.fixture(scope="module")
def functional():
    sequence, features = tfk.Input((None, 4)), tfk.Input((6,))
    pooled = tfk.layers.GlobalMaxPooling1D()(sequence)
    return tfk.Model([sequence, features], tfk.layers.Concatenate()([pooled, features]))


def test_sizes_that_a_model_leaves_open_may_vary(functional):
    first, second = (((spec(length, 4), spec(6)), spec(1)) for length in (3, 5))
    assert relaxed(functional, first, second) == ((spec(None, 4), spec(6)), spec(1))


@pytest.mark.parametrize(
    "second",
    [
        ((spec(5, 3), spec(6)), spec(1)),
        ((spec(5, 4), spec(7)), spec(1)),
        ((spec(3, 4), spec(6)), spec(2)),
        ((spec(5, 4, dtype=tf.float64), spec(6)), spec(1)),
        ((spec(5, 4, 1), spec(6)), spec(1)),
    ],
    ids=["declared size", "other input", "targets alone", "dtype", "rank"],
)
def test_what_differs_otherwise_is_traced_as_it_is(functional, second):
    first = (spec(3, 4), spec(6)), spec(1)
    assert relaxed(functional, first, second) is second


def test_without_declared_inputs_all_but_features_may_vary():
    model = tfk.Model()
    first, second = ((spec(n, dtype=tf.int32), spec(n, 2)) for n in (3, 5))
    assert relaxed(model, first, second) == (spec(None, dtype=tf.int32), spec(None, 2))
    assert relaxed(model, spec(3), spec(5)) == spec(5)
    assert relaxed(model, spec(3, 2), spec(5, 2)) == spec(None, 2)
    assert relaxed(model, tf.TensorSpec((4, 3, 2)), tf.TensorSpec((2, 3, 2))) == spec(3, 2)


def test_a_generator_with_another_number_of_features_is_told_so():
    model = tfk.Sequential([tfk.layers.Dense(1, name="out")])
    model.compile("sgd", "mse")
    data = [(np.ones((4, features)), np.ones((4, 1))) for features in (8, 5)]
    with pytest.raises(ValueError, match='"out".*axis -1 to have size 8, got 5'):
        model.fit(iter(data), steps_per_epoch=2, verbose=0)


def test_ragged_batches_of_a_generator_share_one_trace_and_are_averaged():
    layers = [tfk.layers.Input((None,), ragged=True), tfk.layers.Embedding(9, 3)]
    model = tfk.Sequential([*layers, tfk.layers.GlobalAveragePooling1D(), tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    words = [tf.ragged.constant([[1, 2], [3] * length]) for length in (2, 3, 4)]
    model.fit(((x, np.ones((2, 1))) for x in words), steps_per_epoch=3, verbose=0)
    assert [loop.traces for loop in model._caches.current(model).loops.values()] == [1]
    table, (kernel, bias) = model.layers[0].get_weights()[0], model.layers[-1].get_weights()
    averages = [table[[1, 2]].mean(0), table[3]]
    np.testing.assert_allclose(
        model.predict(words[2], verbose=0), averages @ kernel + bias, rtol=1e-5
    )
