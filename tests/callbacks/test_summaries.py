import numpy as np
import pytest

from tfk.callbacks.summaries import Summary, add_histogram, add_images, add_scalar, histogram
from tfk.callbacks.weight_images import weight_images
from tfk.utils.protobuf_wire import message


def test_histogram_worked_by_hand():
    np.testing.assert_array_equal(histogram([0, 1, 2, 2], 2), [[0, 1, 1], [1, 2, 3]])
    np.testing.assert_array_equal(histogram([7.0, 7.0], 3), [[7, 7, 0], [7, 7, 0], [7, 7, 2]])
    np.testing.assert_array_equal(histogram(np.zeros((0, 4)), 2), np.zeros((2, 3)))
    np.testing.assert_array_equal(histogram([np.nan, 1, 3, np.inf], 2), [[1, 2, 1], [2, 3, 1]])


def test_values_are_those_of_tensorboard():
    scalar = pytest.importorskip("tensorboard.plugins.scalar.summary_v2")
    histograms = pytest.importorskip("tensorboard.plugins.histogram.summary_v2")
    values = np.random.RandomState(0).normal(size=(50, 40)).astype("float32")
    summary = Summary()
    add_scalar(summary, "a", 0.1)
    add_histogram(summary, "b", values)
    theirs = [scalar.scalar_pb("a", 0.1).value[0], histograms.histogram_pb("b", values).value[0]]
    for ours, expected in zip(summary.value, theirs):
        assert ours.metadata.plugin_data.plugin_name == expected.metadata.plugin_data.plugin_name
        assert ours.metadata.plugin_data.content == expected.metadata.plugin_data.content
    assert summary.value[0].tensor.float_val[0] == np.float32(0.1)
    ours, expected = (
        histogram(values),
        np.frombuffer(theirs[1].tensor.tensor_content).reshape(30, 3),
    )
    np.testing.assert_allclose(ours[:, :2], expected[:, :2], rtol=1e-12)
    assert np.abs(ours[:, 2] - expected[:, 2]).max() <= 1 and ours[:, 2].sum() == values.size


def test_images_are_png_with_their_size():
    summary = Summary()
    add_images(
        summary, "image", np.linspace(-1, 2, 5 * 2 * 3).reshape(5, 2, 3, 1).astype("float32")
    )
    width, height, *encoded = summary.value[0].tensor.string_val
    assert (width, height, len(encoded)) == (b"3", b"2", 3)
    assert all(image.startswith(b"\x89PNG") for image in encoded)


@pytest.mark.parametrize(
    ("shape", "images"),
    [
        ((5,), (1, 5, 1, 1)),
        ((3, 7), (1, 3, 7, 1)),
        ((7, 3), (1, 3, 7, 1)),
        ((3, 3, 1, 8), (8, 3, 3, 1)),
        ((2, 3, 5, 4), (2, 3, 5, 4)),
        ((2, 3, 5, 6), None),
        ((2, 3, 4, 5, 6), None),
        ((1,), None),
    ],
)
def test_weights_as_images(shape, images):
    result = weight_images(np.zeros(shape))
    assert (None if result is None else result.shape) == images


def test_wire_format_is_that_of_protobuf():
    from google.protobuf import struct_pb2

    value = struct_pb2.Value(number_value=0.1)
    assert message([(2, 0.1)]) == value.SerializeToString()
    assert (
        message([(3, "text" * 50)])
        == struct_pb2.Value(string_value="text" * 50).SerializeToString()
    )
    assert message([(4, True)]) == struct_pb2.Value(bool_value=True).SerializeToString()
    entry = message([(1, "key"), (2, message([(2, 0.1)]))])
    assert message([(1, entry)]) == struct_pb2.Struct(fields={"key": value}).SerializeToString()
