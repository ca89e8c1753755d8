"""Weights of Keras 1, of Theano and of cuDNN layers, against the conversions of Keras 2."""

import h5py
import numpy as np
import pytest

import tfk

tf_keras = pytest.importorskip("tf_keras")
from tf_keras.src.layers.rnn.cudnn_gru import CuDNNGRU  # noqa: E402
from tf_keras.src.layers.rnn.cudnn_lstm import CuDNNLSTM  # noqa: E402

RNG = np.random.default_rng(0)


def array(*shape):
    return RNG.normal(size=shape).astype("float32")


def write(path, arrays, **attributes):
    """A weights file of one layer; without attributes as Keras 1 wrote it."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"layer"]
        file.attrs.update(attributes)
        group = file.create_group("layer")
        names = [f"layer_W{index}".encode() for index in range(len(arrays))]
        group.attrs["weight_names"] = names
        for name, values in zip(names, arrays):
            group[name] = values


def gates(count):
    return [array(4, 3), array(3, 3), array(3)] * count


CASES = {
    "conv1d": (lambda k: k.Conv1D(6, 3, input_shape=(9, 4)), [array(3, 1, 4, 6), array(6)]),
    "conv1d_1_0": (lambda k: k.Conv1D(6, 3, input_shape=(9, 4)), [array(6, 4, 3, 1), array(6)]),
    "conv2d": (lambda k: k.Conv2D(6, (3, 2), input_shape=(8, 8, 4)), [array(3, 2, 4, 6), array(6)]),
    "conv2d_first": (
        lambda k: k.Conv2D(6, (3, 2), data_format="channels_first", input_shape=(4, 8, 8)),
        [array(6, 4, 3, 2), array(6)],
    ),
    "conv2d_first_square": (
        lambda k: k.Conv2D(5, 5, data_format="channels_first", input_shape=(5, 8, 8)),
        [array(5, 5, 5, 5), array(5)],
    ),
    "conv3d_first_square": (
        lambda k: k.Conv3D(3, 3, data_format="channels_first", input_shape=(3, 4, 4, 4)),
        [array(3, 3, 3, 3, 3), array(3)],
    ),
    "transpose": (
        lambda k: k.Conv2DTranspose(6, 3, input_shape=(8, 8, 4)),
        [array(3, 3, 4, 6), array(6)],
    ),
    "transpose_square": (
        lambda k: k.Conv2DTranspose(4, 3, input_shape=(8, 8, 4)),
        [array(3, 3, 4, 4), array(4)],
    ),
    "transpose_first": (
        lambda k: k.Conv2DTranspose(3, 3, data_format="channels_first", input_shape=(3, 8, 8)),
        [array(3, 3, 3, 3), array(3)],
    ),
    "lstm": (lambda k: k.LSTM(3, input_shape=(5, 4)), gates(4)),
    "lstm_joined": (
        lambda k: k.LSTM(3, input_shape=(5, 4)),
        [array(4, 12), array(3, 12), array(12)],
    ),
    "gru": (lambda k: k.GRU(3, reset_after=False, input_shape=(5, 4)), gates(3)),
    "bidirectional": (lambda k: k.Bidirectional(k.LSTM(3), input_shape=(5, 4)), gates(8)),
    "time_distributed": (
        lambda k: k.TimeDistributed(
            k.Conv2D(6, (3, 2), data_format="channels_first"), input_shape=(2, 4, 8, 8)
        ),
        [array(6, 4, 3, 2), array(6)],
    ),
    "conv_lstm": (
        lambda k: k.ConvLSTM2D(3, 2, input_shape=(2, 6, 6, 4)),
        [array(2, 2, 4, 3), array(2, 2, 3, 3), array(3)] * 4,
    ),
    "batch_normalization": (
        lambda k: k.BatchNormalization(input_shape=(4,)),
        [array(4), array(4), array(4), abs(array(4))],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_weights_of_keras_1(name, tmp_path):
    build, arrays = CASES[name]
    path = str(tmp_path / "weights.h5")
    write(path, arrays)
    loaded = []
    for library in (tf_keras, tfk):
        model = library.Sequential([build(library.layers)])
        model.load_weights(path)
        loaded.append(model.get_weights())
    for want, got in zip(*loaded, strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", ["conv2d", "conv2d_first_square", "lstm_joined"])
def test_weights_of_keras_2_stay_as_they_are(name, tmp_path):
    build, arrays = CASES[name]
    path = str(tmp_path / "weights.h5")
    write(path, arrays, keras_version="2.1.6", backend="tensorflow")
    model = tfk.Sequential([build(tfk.layers)])
    model.load_weights(path)
    for got, want in zip(model.get_weights(), arrays, strict=True):
        np.testing.assert_array_equal(got, want)


def test_conv_lstm_of_keras_1_with_channels_first(tmp_path):
    """Keras 2 joins the gates along the wrong axis here; checked gate by gate instead."""
    path = str(tmp_path / "weights.h5")
    arrays = [
        values for _ in range(4) for values in (array(3, 4, 2, 2), array(3, 3, 2, 2), array(3))
    ]
    write(path, arrays)
    layer = tfk.layers.ConvLSTM2D(3, 2, data_format="channels_first", input_shape=(2, 4, 6, 6))
    model = tfk.Sequential([layer])
    model.load_weights(path)
    kernel, recurrent, bias = model.get_weights()
    for place, gate in enumerate((0, 2, 1, 3)):  # input, forget, cell, output
        part = slice(3 * place, 3 * place + 3)
        np.testing.assert_array_equal(kernel[..., part], arrays[3 * gate].transpose(2, 3, 1, 0))
        np.testing.assert_array_equal(
            recurrent[..., part], arrays[3 * gate + 1].transpose(2, 3, 1, 0)
        )
        np.testing.assert_array_equal(bias[part], arrays[3 * gate + 2])


def test_separable_convolution_of_keras_1_with_channels_first(tmp_path):
    path = str(tmp_path / "weights.h5")
    arrays = [array(2, 3, 3, 3), array(5, 6, 1, 1), array(5)]
    write(path, arrays)
    layer = tfk.layers.SeparableConv2D(
        5, 3, depth_multiplier=2, data_format="channels_first", input_shape=(3, 6, 6)
    )
    model = tfk.Sequential([layer])
    model.load_weights(path)
    for got, stored in zip(model.get_weights()[:2], arrays):
        np.testing.assert_array_equal(got, stored.transpose(2, 3, 1, 0))


@pytest.mark.parametrize(
    "build, shape, axes",
    [
        (lambda k: k.Conv1D(3, 3, input_shape=(8, 3)), (3, 3, 3), (0,)),
        (lambda k: k.Conv2D(3, 3, input_shape=(8, 8, 3)), (3, 3, 3, 3), (0, 1)),
        (lambda k: k.Conv2DTranspose(3, 3, input_shape=(8, 8, 3)), (3, 3, 3, 3), (0, 1)),
        (lambda k: k.Conv3D(3, 3, input_shape=(4, 4, 4, 3)), (3, 3, 3, 3, 3), (0, 1, 2)),
    ],
)
def test_theano_turned_kernels_around(build, shape, axes, tmp_path):
    path = str(tmp_path / "weights.h5")
    kernel, bias = array(*shape), array(3)
    write(path, [kernel, bias], keras_version="2.0.8", backend="theano")
    model = tfk.Sequential([build(tfk.layers)])
    model.load_weights(path)
    np.testing.assert_array_equal(model.get_weights()[0], np.flip(kernel, axes))
    np.testing.assert_array_equal(model.get_weights()[1], bias)


@pytest.mark.parametrize("wrapping", ["plain", "bidirectional", "nested", "time_distributed"])
@pytest.mark.parametrize("cudnn, plain", [(CuDNNLSTM, "LSTM"), (CuDNNGRU, "GRU")])
def test_cudnn_layers(cudnn, plain, wrapping, tmp_path):
    def build(library, layer):
        x = library.Input((7, 5))
        if wrapping == "bidirectional":
            layer = library.layers.Bidirectional(layer)
        if wrapping == "nested":
            dense = library.layers.Dense(5)
            layer = library.Sequential(
                [library.Input((7, 5)), dense, layer, library.layers.Dense(2)]
            )
        if wrapping == "time_distributed":
            inner = library.Sequential([library.Input((7, 5)), layer])
            x = library.Input((2, 7, 5))
            layer = library.layers.TimeDistributed(inner)
        return library.Model(x, layer(x))

    whole, weights = str(tmp_path / "model.h5"), str(tmp_path / "weights.h5")
    stored = build(tf_keras, cudnn(4, bias_initializer="random_normal"))
    stored.save(whole)
    stored.save_weights(weights)
    reference = build(tf_keras, getattr(tf_keras.layers, plain)(4))
    reference.load_weights(weights)
    x = array(3, *reference.input_shape[1:])
    expected = reference.predict(x, verbose=0)
    ours = build(tfk, getattr(tfk.layers, plain)(4))
    ours.load_weights(weights)
    for model in (ours, tfk.models.load_model(whole)):
        np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-6)


def test_cudnn_gru_needs_reset_after(tmp_path):
    path = str(tmp_path / "weights.h5")
    write(
        path, [array(5, 12), array(4, 12), array(24)], keras_version="2.2.4", backend="tensorflow"
    )
    model = tfk.Sequential([tfk.layers.GRU(4, reset_after=False, input_shape=(7, 5))])
    with pytest.raises(ValueError, match="GRU.*weights of a CuDNNGRU.*reset_after=True"):
        model.load_weights(path)


def test_nested_model_of_keras_1(tmp_path):
    """The group of a nested model holds what is trainable in all its layers first."""
    path = str(tmp_path / "weights.h5")
    lstm, dense, norm = gates(4), [array(3, 2), array(2)], [array(2), array(2), array(2), array(2)]
    write(path, [*lstm, *dense, *norm[:2], *norm[2:]])
    inner = tfk.Sequential(
        [
            tfk.layers.LSTM(3, input_shape=(5, 4)),
            tfk.layers.Dense(2),
            tfk.layers.BatchNormalization(),
        ]
    )
    x = tfk.Input((5, 4))
    tfk.Model(x, inner(x)).load_weights(path)
    np.testing.assert_array_equal(
        inner.layers[0].get_weights()[0], np.concatenate([lstm[0], lstm[6], lstm[3], lstm[9]], -1)
    )
    for layer, arrays in zip(inner.layers[1:], (dense, norm)):
        for got, want in zip(layer.get_weights(), arrays, strict=True):
            np.testing.assert_array_equal(got, want)


def test_weights_that_no_conversion_fits(tmp_path):
    path = str(tmp_path / "weights.h5")
    write(path, [array(3, 2, 7, 6), array(6)])
    model = tfk.Sequential([tfk.layers.Conv2D(6, (3, 2), input_shape=(8, 8, 4))])
    before = model.get_weights()[0]
    with pytest.raises(ValueError, match=r"do not fit Conv2D.*\(3, 2, 4, 6\).*\(3, 2, 7, 6\)"):
        model.load_weights(path)
    with pytest.warns(UserWarning, match="Conv2D.*are skipped"):
        model.load_weights(path, skip_mismatch=True)
    np.testing.assert_array_equal(model.get_weights()[0], before)
