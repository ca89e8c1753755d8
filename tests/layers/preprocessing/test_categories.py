"""CategoryEncoding, Hashing and HashedCrossing on dense, ragged and sparse inputs."""

import numpy as np
import pytest
import tensorflow as tf

from tests.support.compare import assert_close
from tfk import layers

tf_keras = pytest.importorskip("tf_keras")
theirs = tf_keras.layers

NUMBERS = np.array([[1, 2, 2], [0, 3, 1]])
RAGGED = tf.ragged.constant([[1, 2], [3]], dtype=tf.int64)
SPARSE = tf.sparse.from_dense(NUMBERS)


@pytest.mark.parametrize(
    "inputs",
    [NUMBERS, NUMBERS[0], RAGGED, SPARSE, 3],
    ids=["rows", "row", "ragged", "sparse", "one"],
)
@pytest.mark.parametrize("mode", ["multi_hot", "count"])
@pytest.mark.parametrize("sparse", [False, True])
def test_category_encoding(inputs, mode, sparse):
    if sparse and isinstance(inputs, int):
        pytest.skip("a number has no rows")
    options = {"num_tokens": 5, "output_mode": mode, "sparse": sparse}
    assert_close(
        layers.CategoryEncoding(**options)(inputs), theirs.CategoryEncoding(**options)(inputs)
    )


def test_count_weights():
    weights = np.array([[0.5, 1.0, 2.0], [1.0, 1.0, 3.0]], "float32")
    ours, other = (m.CategoryEncoding(4, "count") for m in (layers, theirs))
    assert_close(ours(NUMBERS, count_weights=weights), other(NUMBERS, count_weights=weights))
    with pytest.raises(ValueError, match="count_weights go with"):
        layers.CategoryEncoding(4)(NUMBERS, count_weights=weights)


def test_numbers_out_of_range():
    for numbers in (NUMBERS, RAGGED, SPARSE, -NUMBERS):
        with pytest.raises(
            tf.errors.InvalidArgumentError, match="(?s)expected numbers from 0 to 2, got.*3"
        ):
            layers.CategoryEncoding(3)(numbers)
    with pytest.raises(ValueError, match="at most two axes"):
        layers.CategoryEncoding(3)(np.zeros((1, 2, 3), int))


@pytest.mark.parametrize("options", [{}, {"salt": 5}, {"salt": [1, 2]}, {"mask_value": "b"}])
def test_hashing(options):
    words = np.array([["a", "b"], ["c", "d"]])
    for inputs in (words, tf.ragged.constant([["a"], ["b", "c"]]), tf.sparse.from_dense(words)):
        assert_close(layers.Hashing(7, **options)(inputs), theirs.Hashing(7, **options)(inputs))
    if "mask_value" not in options:
        assert_close(layers.Hashing(7, **options)(NUMBERS), theirs.Hashing(7, **options)(NUMBERS))
    rows = {"output_mode": "one_hot", "sparse": True}
    assert_close(
        layers.Hashing(7, **options, **rows)(words[:, :1]),
        theirs.Hashing(7, **options, **rows)(words[:, :1]),
    )


@pytest.mark.parametrize("shape", [(), (4,), (4, 1)])
@pytest.mark.parametrize("mode", ["int", "one_hot"])
def test_hashed_crossing(shape, mode):
    r = np.random.RandomState(0)
    inputs = [
        tf.constant(r.choice(["a", "b"], shape)),
        tf.constant(r.randint(0, 5, shape)),
        tf.constant(r.randint(0, 5, shape)),
    ]
    options = {"num_bins": 6, "output_mode": mode}
    assert_close(layers.HashedCrossing(**options)(inputs), theirs.HashedCrossing(**options)(inputs))


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: layers.CategoryEncoding(), "num_tokens is missing"),
        (lambda: layers.CategoryEncoding(0), "num_tokens"),
        (lambda: layers.CategoryEncoding(3, "int"), "output_mode"),
        (lambda: layers.Hashing(0), "num_bins"),
        (lambda: layers.Hashing(3, salt="x"), "salt"),
        (lambda: layers.Hashing(3, output_mode="tf_idf"), "output_mode"),
        (lambda: layers.HashedCrossing(3, output_mode="count"), "output_mode"),
        (lambda: layers.HashedCrossing(3, dtype="float32"), "integer dtype"),
        (lambda: layers.HashedCrossing(3)(tf.constant([1])), "two inputs"),
        (lambda: layers.HashedCrossing(3)([tf.constant([1]), tf.constant([[1]])]), "one shape"),
        (
            lambda: layers.HashedCrossing(3)([tf.constant([1]), tf.constant([1.0])]),
            "integers or strings",
        ),
        (lambda: layers.HashedCrossing(3)([tf.zeros((2, 2), tf.int32)] * 2), r"\(batch, 1\)"),
        (lambda: layers.HashedCrossing(3)([RAGGED, RAGGED]), "dense"),
    ],
)
def test_bad_arguments(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_old_names():
    with pytest.warns(UserWarning, match="max_tokens"):
        assert layers.CategoryEncoding(max_tokens=3).num_tokens == 3
    assert layers.CategoryEncoding(3, "binary").output_mode == "multi_hot"


@pytest.mark.parametrize(
    "layer",
    (layers.CategoryEncoding(4), layers.IntegerLookup(vocabulary=[1, 2], num_oov_indices=0)),
    ids=lambda layer: type(layer).__name__,
)
def test_checks_put_no_branch_into_the_graph(layer):
    graph = tf.function(layer).get_concrete_function(tf.TensorSpec((None, 1), tf.int64)).graph
    kinds = {operation.type for operation in graph.get_operations()}
    assert "Assert" in kinds and not kinds & {"If", "StatelessIf"}
