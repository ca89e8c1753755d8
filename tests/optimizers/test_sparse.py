"""Sparse gradients of large tables."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

ROWS, WIDTH = 2000, 8


def table(value=None):
    rng = np.random.default_rng(0)
    start = rng.normal(size=(ROWS, WIDTH)).astype("float32") if value is None else value
    return tf.Variable(start, name="embedding/embeddings")


def slices(rows, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(len(rows), WIDTH)).astype("float32")
    return tf.IndexedSlices(
        tf.constant(values), tf.constant(rows, tf.int64), tf.constant([ROWS, WIDTH])
    )


@pytest.mark.parametrize(
    "make", [lambda o: o.SGD(0.1), lambda o: o.Adagrad(0.1), lambda o: o.RMSprop(0.1)]
)
@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "loop"])
def test_rows_that_rest_in_between(make, compiled):
    """Rows come and go; then a dense gradient, then a batch that names most rows."""
    tf_keras = pytest.importorskip("tf_keras")
    import tfk.optimizers

    rng = np.random.default_rng(3)
    steps = [slices(rng.integers(0, 300, 6).tolist(), seed=i) for i in range(12)]
    steps += [
        tf.convert_to_tensor(steps[0]),
        slices(rng.integers(0, ROWS, 900).tolist(), seed=99),
        steps[1],
    ]
    results = []
    for library in (tf_keras.optimizers, tfk.optimizers):
        optimizer, trained = make(library), table()
        optimizer.build([trained])
        apply = lambda g: optimizer.apply_gradients([(g, trained)])  # noqa: B023, E731
        if compiled and library is tfk.optimizers:
            apply = tf.function(apply, autograph=False)
        for gradient in steps:
            apply(gradient)
        results.append((trained.numpy(), optimizer.variables[-1].numpy()))
    np.testing.assert_allclose(results[1][0], results[0][0], rtol=1e-6, atol=1e-6)
    if "SGD" not in str(optimizer.name):
        np.testing.assert_allclose(results[1][1], results[0][1], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1),
        Adagrad(0.1),
        RMSprop(0.1),
        Adam(0.1, lazy=True),
        AdamW(0.1, weight_decay=0, lazy=True),
    ],
)
def test_only_rows_in_use_are_touched(optimizer):
    """The operations of the step name no tensor as large as the table."""
    trained = table()
    optimizer.build([trained])
    step = tf.function(lambda g: optimizer.apply_gradients([(g, trained)]), autograph=False)
    gradient = slices([3, 5, 3])
    graph = step.get_concrete_function(gradient).graph
    large = [
        op.name
        for op in graph.get_operations()
        for output in op.outputs
        if output.dtype == tf.float32 and output.shape.rank == 2 and output.shape[0] == ROWS
    ]
    assert not large
    before = trained.numpy()
    step(gradient)
    changed = np.flatnonzero((trained.numpy() != before).any(1))
    assert changed.tolist() == [3, 5]


def test_lazy_adam_treats_named_rows_as_adam_does():
    lazy, plain = table(), table()
    for optimizer, trained in ((Adam(0.1, lazy=True), lazy), (Adam(0.1), plain)):
        for seed in range(3):
            optimizer.apply_gradients([(slices([3, 5, 3], seed), trained)])
    np.testing.assert_allclose(lazy.numpy()[[3, 5]], plain.numpy()[[3, 5]], rtol=1e-6, atol=1e-6)
    assert Adam(lazy=True).get_config()["lazy"] is True
    assert "lazy" not in Adam().get_config()
    assert Adam.from_config(Adam(lazy=True).get_config()).lazy


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("cls", [SGD, Adagrad, RMSprop])
def test_sparse_updates_inside_a_while_loop(cls, jit_compile):
    looped, eager = table(), table()
    first, second = cls(0.1), cls(0.1)
    first.build([looped])
    gradient = slices([7, 8, 7, 9])

    def shifted(i):
        return tf.IndexedSlices(gradient.values, gradient.indices + i, gradient.dense_shape)

    @tf.function(autograph=False, jit_compile=jit_compile)
    def train():
        def body(i):
            first.apply_gradients([(shifted(i), looped)])
            return (i + 1,)

        return tf.while_loop(lambda i: i < 3, body, (tf.constant(0, tf.int64),))

    train()
    for i in range(3):
        second.apply_gradients([(shifted(i), eager)])
    np.testing.assert_allclose(looped, eager, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(first.variables[1], second.variables[1], rtol=1e-6, atol=1e-7)


def test_state_of_resting_rows_is_stored_as_of_now(tmp_path):
    trained = table()
    optimizer = RMSprop(0.1)
    for seed in range(5):
        optimizer.apply_gradients([(slices([seed], seed), trained)])
    expected = np.zeros((ROWS, WIDTH), "float32")
    for seed in range(5):
        expected[seed] = 0.1 * slices([seed], seed).values.numpy() ** 2 * 0.9 ** (4 - seed)
    velocity = optimizer.variables[1]
    np.testing.assert_allclose(velocity, expected, rtol=1e-6)
    np.testing.assert_allclose(tf.convert_to_tensor(velocity), expected, rtol=1e-6)
    path = tf.train.Checkpoint(optimizer=optimizer).write(str(tmp_path / "c"))
    assert [k for k, _ in tf.train.list_variables(path) if "_variables" in k] == [
        "optimizer/_variables/1/.ATTRIBUTES/VARIABLE_VALUE"
    ]
    # Training goes on with the same bits in both.
    copy, again = table(trained.numpy()), RMSprop(0.1)
    again.build([copy])
    tf.train.Checkpoint(optimizer=again).read(path).expect_partial()
    for seed in (7, 1, 2):
        for one, its in ((optimizer, trained), (again, copy)):
            one.apply_gradients([(slices([seed, 3], seed), its)])
    np.testing.assert_array_equal(trained.numpy(), copy.numpy())


def test_weight_decay_moves_every_row():
    trained = table()
    before = trained.numpy()
    SGD(0.5, weight_decay=0.5).apply_gradients([(slices([3]), trained)])
    np.testing.assert_allclose(trained.numpy()[10:], 0.75 * before[10:], rtol=1e-6)


SMALL_TABLE_OPTIMIZERS = {
    **{
        name: {}
        for name in (
            "SGD RMSprop Adam AdamW Adamax Nadam Adagrad Adadelta Adafactor Ftrl Lion legacy.SGD"
            " legacy.RMSprop legacy.Adam"
        ).split()
    },
    "SGD momentum": {"momentum": 0.9},
    "RMSprop centered": {"centered": True, "momentum": 0.5},
    "Adam amsgrad": {"amsgrad": True},
}


@pytest.mark.parametrize("name", SMALL_TABLE_OPTIMIZERS)
def test_few_rows_of_a_small_table(name):
    """The embedding of a first text model: alone, smaller than any threshold, a batch that names
    few rows.
    """
    tf_keras = pytest.importorskip("tf_keras")
    import tfk.optimizers

    start = np.random.default_rng(0).normal(size=(50, 4)).astype("float32")
    results = []
    for library in (tf_keras.optimizers, tfk.optimizers):
        for part in name.split()[0].split("."):
            library = getattr(library, part)
        optimizer, trained = library(0.1, **SMALL_TABLE_OPTIMIZERS[name]), tf.Variable(start)
        for step in range(3):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.square(tf.gather(trained, tf.constant([step, 7, 7, 30]))))
            optimizer.apply_gradients([(tape.gradient(loss, trained), trained)])
        results.append(trained.numpy())
    np.testing.assert_allclose(results[1], results[0], atol=2e-6)
