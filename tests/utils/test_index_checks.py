"""Class ids and embedding ids out of range are errors under XLA too, on every path."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.utils.index_checks import check_indices, collecting

ROWS, BATCH = 32, 8
CLASSES, TOKENS = 5, 10


class Network(tfk.Model):
    """Not a graph of layers, so that nothing is known before the step is traced."""

    def __init__(self):
        super().__init__()
        self.embedding = tfk.layers.Embedding(TOKENS, 4, name="words")
        self.dense = tfk.layers.Dense(CLASSES, activation="softmax")

    def call(self, inputs):
        return self.dense(tf.reduce_sum(self.embedding(inputs), axis=1))


def data(**wrong):
    generator = np.random.default_rng(0)
    x, y = generator.integers(0, TOKENS, (ROWS, 3)), generator.integers(0, CLASSES, ROWS)
    if "token" in wrong:
        x[ROWS - 3, 1] = wrong["token"]
    if "label" in wrong:
        y[ROWS - 3] = wrong["label"]
    return x, y


def dataset(x, y):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH, drop_remainder=True)


def batches(x, y):
    for start in range(0, ROWS, BATCH):
        yield x[start : start + BATCH], y[start : start + BATCH]


RUNS = {
    "fit, arrays": lambda m, x, y: m.fit(x, y, batch_size=BATCH, verbose=0),
    "fit, dataset": lambda m, x, y: m.fit(dataset(x, y), verbose=0),
    "fit, generator": lambda m, x, y: m.fit(batches(x, y), verbose=0),
    "train_on_batch": lambda m, x, y: m.train_on_batch(x, y),
    "evaluate, dataset": lambda m, x, y: m.evaluate(dataset(x, y), verbose=0),
    "test_on_batch": lambda m, x, y: m.test_on_batch(x, y),
    "predict": lambda m, x, y: m.predict(x, batch_size=BATCH, verbose=0),
}


@pytest.mark.parametrize("jit_compile", [True, False])
@pytest.mark.parametrize("run", RUNS)
def test_ids_out_of_range(run, jit_compile):
    model = Network()
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=jit_compile)
    RUNS[run](model, *data())
    cases = [({"token": TOKENS + 3}, "words.*13"), ({"token": -2}, "words.*-2")]
    if run != "predict":
        cases += [({"label": CLASSES}, "5"), ({"label": -1}, "-1")]
    for wrong, message in cases:
        with pytest.raises((tf.errors.InvalidArgumentError, ValueError), match=message):
            RUNS[run](model, *data(**wrong))


def test_class_ids_that_are_ignored_may_be_out_of_range():
    model = Network()
    loss = tfk.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    model.compile("sgd", loss, jit_compile=True)
    x, y = data(label=-1)
    assert np.isfinite(model.train_on_batch(x, y))


def test_training_stops_at_the_bad_batch():
    model = Network()
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=True)
    x, y = data(label=CLASSES)  # in the last of four batches, of four epochs
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"class ids must be in \[0, 5\)"):
        model.fit(dataset(x, y).repeat(4), verbose=0)
    assert int(model.optimizer.iterations) == ROWS // BATCH


def test_an_iou_of_class_ids_out_of_range():
    model = Network()
    metric = tfk.metrics.MeanIoU(CLASSES, sparse_y_pred=False)
    model.compile("sgd", metrics=[metric], jit_compile=True)
    x, y = data(label=CLASSES)
    with pytest.raises(tf.errors.InvalidArgumentError, match="IoU: class ids of the targets"):
        model.test_on_batch(x, y)


@pytest.mark.parametrize("jit_compile", [True, False])
def test_categories_out_of_range(jit_compile):
    model = tfk.Sequential([tfk.layers.CategoryEncoding(4, input_shape=(2,)), tfk.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=jit_compile)
    x, y = np.array([[0, 3], [1, 2]]), np.zeros((2, 1))
    assert np.isfinite(model.train_on_batch(x, y))
    for wrong in (4, -1):
        x[1, 0] = wrong
        for run in (
            lambda: model.predict_on_batch(x),
            lambda: model.train_on_batch(x, y),
            lambda: model.fit(tf.data.Dataset.from_tensors((x, y)), verbose=0),
        ):
            with pytest.raises((tf.errors.InvalidArgumentError, ValueError), match=f"{wrong}"):
                run()


def test_checks_inside_of_inner_functions_are_left_out():
    @tf.function
    def inner(ids):
        check_indices(ids, 3, "inner")
        return ids

    found = []

    @tf.function
    def step(ids):
        with collecting() as collection:
            check_indices(ids, 3, "outer")
            inner(ids)
        found.append(collection)
        return collection.stacked()

    np.testing.assert_array_equal(step(tf.constant([4, -1])), [[-1, 4]])
    assert [check.owner for check in found[0].checks] == ["outer"]
