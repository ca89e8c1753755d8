"""Every kind of input, and what is refused."""

import re
import threading

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.support.sources import Collect, batches
from tfk.engine.data import arrays, leaves
from tfk.engine.data.adapter import make_source
from tfk.engine.data.splitting import split_arrays
from tfk.utils import handover

X = np.arange(24, dtype="float64").reshape(12, 2)


Y = np.arange(12)


KINDS = {
    "arrays": lambda: (X, Y),
    "tensors": lambda: (tf.constant(X, tf.float32), tf.constant(Y)),
    "lists": lambda: (X.tolist(), Y.tolist()),
    "variable": lambda: (tf.Variable(X, dtype="float32"), Y),
}


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_of_every_kind(kind):
    source = make_source(*KINDS[kind](), batch_size=5)
    assert (
        source.steps == 3
        and source.spec[0].shape.as_list() == [None, 2]
        and source.spec[0].dtype == tf.float32
    )
    found = batches(source)
    assert [len(x) for x, _ in found] == [5, 5, 2]
    np.testing.assert_array_equal(np.concatenate([x for x, _ in found]), X)
    np.testing.assert_array_equal(np.concatenate([y for _, y in found]), Y)


def test_tables():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1.0, 2.0], "b": [3, 4]})
    ((x, y),) = batches(make_source(table, table["b"]))
    np.testing.assert_array_equal(x, [[1, 3], [2, 4]])
    assert y.shape == (2, 1)  # a series is a column
    ((by_name, _),) = batches(make_source(dict(table), table["b"]))
    assert by_name["a"].shape == (2, 1)


def test_nests_keep_their_structure():
    data = {"one": X, "more": [X, (Y, X)]}
    (batch,) = batches(make_source(data))
    assert set(batch) == {"one", "more"} and isinstance(batch["more"], tuple)
    ((x, y, weight),) = batches(make_source([X, X], None, Y))
    assert y is None and len(x) == 2 and weight.shape == (12,)


def test_sparse_and_ragged():
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.csr_matrix(np.eye(4, dtype="float64"))
    found = batches(make_source(matrix, Y[:4], batch_size=3))
    np.testing.assert_array_equal(
        np.concatenate([tf.sparse.to_dense(x) for x, _ in found]), np.eye(4)
    )
    assert found[0][0].dtype == tf.float32
    ragged = tf.ragged.constant([[1], [2, 3], [4]])
    found = batches(make_source(ragged, Y[:3], batch_size=2, shuffle=True))
    assert sorted(tf.concat([x for x, _ in found], 0).to_list()) == [[1], [2, 3], [4]]


class Sliced:
    """Something like an HDF5 data set: read by slices or increasing row numbers."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype

    def __len__(self):
        return len(self.array)

    def __getitem__(self, key):
        assert isinstance(key, slice) or (np.diff(key) > 0).all()
        return self.array[key]


@pytest.mark.parametrize(
    "data", [X, Sliced(X), tf.constant(X)], ids=["array", "array-like", "tensor"]
)
@pytest.mark.parametrize("shuffle", [False, True, "batch"])
def test_streamed_rows_are_the_resident_rows(data, shuffle):
    streamed = arrays.StreamedSource((data, Y), 5, shuffle=shuffle, epochs=2, window_bytes=100)
    resident = arrays.ResidentSource((np.asarray(X), Y), 5, shuffle=shuffle, epochs=2)
    for epoch in (0, 1):
        for mine, other in zip(batches(streamed, epoch), batches(resident, epoch)):
            np.testing.assert_array_equal(mine[0], other[0])
            np.testing.assert_array_equal(mine[1], other[1])
    streamed.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "tfk-read-ahead"]


def test_an_error_while_streaming_reaches_the_caller():
    class Broken(Sliced):
        def __getitem__(self, key):
            raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        batches(arrays.StreamedSource(Broken(X), 5))


def test_the_middle_of_an_epoch_can_be_taken_up():
    source = make_source(X, Y, batch_size=2, shuffle=True, epochs=3)
    whole = batches(source, epoch=1)
    fresh = make_source(X, Y, batch_size=2, shuffle=True, epochs=3)
    rest = batches(fresh, epoch=1, step=4)
    for mine, other in zip(rest, whole[4:], strict=True):
        np.testing.assert_array_equal(mine[0], other[0])


def test_large_arrays_are_shared_not_copied_twice():
    array = handover.empty((20_000, 2), "float32")
    array[:] = 1.0
    tensor = leaves.to_tensor(array)
    array[0, 0] = 5.0
    assert float(tensor[0, 0]) == 5.0  # the same memory
    unaligned = np.ones(40_001, "float32")[1:]
    copy = leaves.to_tensor(unaligned)
    unaligned[0] = 7.0
    assert float(copy[0]) == 1.0
    frozen = np.ones(40_000, "float32")
    frozen.flags.writeable = False
    assert float(leaves.to_tensor(frozen)[0]) == 1.0


def test_arrays_go_to_the_gpu_where_there_is_one(monkeypatch):
    # Shared memory is the host's; `tf.convert_to_tensor` puts data on the device that TensorFlow
    # prefers.
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: [kind])
    placed = []
    convert = tf.convert_to_tensor
    monkeypatch.setattr(
        tf, "convert_to_tensor", lambda *args: placed.append(args) or convert(*args)
    )
    array = handover.empty((20_000, 2), "float32")
    array[:] = 1.0
    tensor = leaves.to_tensor(array)
    array[0, 0] = 5.0
    assert len(placed) == 1 and float(tensor[0, 0]) == 1.0


def test_dtypes():
    for dtype, expected in (
        ("float64", "float32"),
        ("float16", "float32"),
        ("int8", "int8"),
        ("bool", "bool"),
    ):
        assert leaves.to_tensor(np.ones((2, 3), dtype)).dtype == expected
    assert leaves.to_tensor(np.array(["a", "b"])).dtype == tf.string
    assert leaves.to_tensor(np.array(["a", "b"], dtype=object)).dtype == tf.string


class Squares(tfk.utils.Sequence):
    """Batches of numbers."""

    def __init__(self):
        self.ended = 0

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return np.full((2, 1), index), np.full((2,), index**2)

    def on_epoch_end(self):
        self.ended += 1


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_sequences(workers):
    sequence = Squares()
    source = make_source(sequence, workers=workers)
    for epoch in (0, 1):
        assert [int(y[0]) for _, y in batches(source, epoch)] == [0, 1, 4, 9]
    source.close()
    assert sequence.ended == 2
    shuffled = make_source(Squares(), shuffle=True, workers=workers)
    orders = [[int(y[0]) for _, y in batches(shuffled, epoch)] for epoch in range(3)]
    shuffled.close()
    assert (
        all(sorted(order) == [0, 1, 4, 9] for order in orders) and len(set(map(tuple, orders))) > 1
    )


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_generators_go_on_from_epoch_to_epoch(workers):
    source = make_source(
        ((np.full((2, 1), i), np.zeros(2)) for i in range(6)), steps=2, workers=workers
    )
    seen = [int(x[0, 0]) for epoch in range(3) for x, _ in batches(source, epoch)]
    source.close()
    assert seen == [0, 1, 2, 3, 4, 5]


def test_batches_of_a_generator_come_with_specs_of_their_sizes():
    class Specs(Collect):
        def run_batch(self, batch, spec):
            self.batches.append(spec.shape.as_list())
            return {}

    source = make_source(iter([np.zeros((2, 5)), np.zeros((3, 7)), np.zeros((3, 5))]), workers=0)
    source.start(0)
    source.run(loop := Specs(), 3)
    assert loop.batches == [[None, 5], [None, 7], [None, 5]]


def test_an_error_in_a_generator_reaches_the_caller():
    def broken():
        yield np.zeros((2, 1))
        raise KeyError("lost")

    source = make_source(broken())
    with pytest.raises(KeyError, match="lost"):
        batches(source)
    source.close()


REFUSED = {
    "lengths": (lambda: make_source(X, Y[:5]), ValueError, "ambiguous.*x: 12; y: 5"),
    "empty": (lambda: make_source(X[:0], Y[:0]), ValueError, "non-empty"),
    "nothing": (lambda: make_source(None), ValueError, "x is empty"),
    "a string": (lambda: make_source(object()), TypeError, "cannot use a builtins.object"),
    "rows of different lengths": (
        lambda: make_source(np.array([[1], [2, 3]], dtype=object)),
        TypeError,
        "pad_sequences",
    ),
    "dates": (
        lambda: make_source(np.array(["2020-01-01"], "datetime64[D]")),
        TypeError,
        "datetime64",
    ),
    "batch size": (lambda: make_source(X, batch_size=0), ValueError, "batch_size"),
    "steps": (lambda: make_source(X, steps=0), ValueError, "steps"),
    "targets beside a dataset": (
        lambda: make_source(tf.data.Dataset.from_tensors(X), Y),
        ValueError,
        "y must not be passed together with a tf.data.Dataset",
    ),
    "an endless dataset": (
        lambda: make_source(tf.data.Dataset.from_tensors(X).repeat()),
        ValueError,
        "steps_per_epoch",
    ),
    "an empty generator": (lambda: make_source(iter(())), ValueError, "no batch"),
    "class weights with a gap": (
        lambda: make_source(X, Y, class_weight={0: 1.0, 2: 1.0}),
        ValueError,
        "keys \\[0, 2\\]",
    ),
    "a class without weight": (
        lambda: make_source(X, Y, class_weight={0: 1.0, 1: 1.0}),
        tf.errors.InvalidArgumentError,
        "covers classes 0 to 1",
    ),
    "splitting a dataset": (
        lambda: split_arrays((tf.data.Dataset.from_tensors(X), None, None), 0.1),
        ValueError,
        "validation_data",
    ),
    "splitting off nothing": (
        lambda: split_arrays((X[:1], Y[:1], None), 0.1),
        ValueError,
        "too few",
    ),
    "structure of a later batch": (
        lambda: batches(make_source(iter([(X, Y), X]), workers=0)),
        ValueError,
        "same structure",
    ),
    "dtype of a later batch": (
        lambda: batches(make_source(iter([X, Y[:, None]]), workers=0)),
        ValueError,
        "same dtype",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_clear_error(case):
    call, kind, message = REFUSED[case]
    with pytest.raises(kind) as caught:
        call()
    assert re.search(message, str(caught.value), re.S), str(caught.value)
