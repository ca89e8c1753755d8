"""Model files go both ways between tfk and Keras 2: outputs, optimizer state and the steps
after.
"""

import numpy as np
import pytest
import tensorflow as tf

import tfk

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)


def data_for(model):
    """Inputs of 6 samples that fit the model, and targets for its outputs."""

    def make(tensor):
        shape = (6, *(size or 5 for size in tuple(tensor.shape)[1:]))
        if any(type(layer).__name__ == "Embedding" for layer in model.layers):
            return RNG.integers(1, 5, shape).astype("float32")
        return RNG.normal(size=shape).astype("float32")

    x = [make(tensor) for tensor in model.inputs]
    return x if len(x) > 1 else x[0], [
        np.zeros((6, *(s or 5 for s in tuple(t.shape)[1:])), "float32") for t in model.outputs
    ]


def vector(k, *layers):
    return k.Sequential([k.Input((4,)), *layers])


def sequence(k, *layers):
    return k.Sequential([k.Input((5, 3)), *layers])


def image(k, *layers):
    return k.Sequential([k.Input((8, 8, 2)), *layers])


def volume(k, *layers):
    return k.Sequential([k.Input((4, 4, 4, 2)), *layers])


def branches(k):
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    shared = k.layers.Dense(3, activation="tanh", name="shared")
    x, y = shared(a), shared(b)
    joined = k.layers.Concatenate()([x, k.layers.Multiply()([x, y]), tf.nn.relu(a) * 2.0])
    return k.Model(
        [a, b], [k.layers.Dense(1, name="one")(joined), k.layers.Subtract(name="two")([x, y])]
    )


def nested(k):
    inner = k.Sequential(
        [k.layers.Dense(3, activation="relu", input_shape=(4,)), k.layers.BatchNormalization()],
        name="inner",
    )
    x = k.Input((4,))
    middle = k.Model(x, k.layers.Dense(2)(inner(x)), name="middle")
    z = k.Input((4,))
    return k.Model(z, k.layers.Add()([middle(z), k.layers.Dense(2)(middle(z))]))


def frozen(k):
    model = vector(k, k.layers.Dense(3), k.layers.BatchNormalization(), k.layers.Dense(2))
    model.layers[0].trainable = False
    return model


def attention(k):
    x = k.Input((5, 3))
    y = k.layers.MultiHeadAttention(2, 3)(x, x)
    return k.Model(x, k.layers.LayerNormalization()(k.layers.Add()([x, y])))


def merging(k):
    a, b = k.Input((4,)), k.Input((4,))
    x, y = k.layers.Dense(3)(a), k.layers.Dense(3)(b)
    kinds = [k.layers.Average(), k.layers.Maximum(), k.layers.Minimum(), k.layers.Dot(axes=1)]
    return k.Model([a, b], k.layers.Concatenate()([kind([x, y]) for kind in kinds]))


def built_by_data(k):
    model = k.Sequential(
        [
            k.layers.Dense(3, activation="gelu"),
            k.layers.ActivityRegularization(l2=0.1),
            k.layers.Dense(1),
        ]
    )
    model(np.ones((2, 4), "float32"))
    return model


def two_sequences(layer):
    def build(k):
        a, b = k.Input((5, 3)), k.Input((5, 3))
        return k.Model(
            [a, b], k.layers.GlobalAveragePooling1D()(getattr(k.layers, layer)()([a, b]))
        )

    return build


MODELS = {
    "dense": lambda k: vector(
        k, k.layers.Dense(3, "relu", kernel_regularizer="l2"), k.layers.Dense(1, "sigmoid")
    ),
    "no_bias": lambda k: vector(
        k, k.layers.Dense(3, use_bias=False, kernel_initializer="he_normal")
    ),
    "einsum_dense": lambda k: sequence(
        k, k.layers.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d")
    ),
    "dropouts": lambda k: vector(
        k,
        k.layers.Dropout(0.2),
        k.layers.GaussianNoise(0.1),
        k.layers.Dense(2),
        k.layers.AlphaDropout(0.1),
    ),
    "batch_norm": lambda k: image(
        k, k.layers.BatchNormalization(momentum=0.9), k.layers.Flatten(), k.layers.Dense(1)
    ),
    "layer_norm": lambda k: sequence(
        k, k.layers.LayerNormalization(), k.layers.UnitNormalization()
    ),
    "group_norm": lambda k: image(
        k, k.layers.GroupNormalization(2), k.layers.GlobalAveragePooling2D()
    ),
    "conv1d": lambda k: sequence(
        k, k.layers.Conv1D(4, 2, padding="causal", dilation_rate=2), k.layers.MaxPooling1D()
    ),
    "conv2d": lambda k: image(
        k, k.layers.Conv2D(4, 3, strides=2, activation="relu"), k.layers.GlobalMaxPooling2D()
    ),
    "conv2d_groups": lambda k: image(
        k, k.layers.Conv2D(4, 3, padding="same"), k.layers.AveragePooling2D(2), k.layers.Flatten()
    ),
    "conv3d": lambda k: volume(
        k, k.layers.Conv3D(3, 2), k.layers.MaxPooling3D(), k.layers.Flatten()
    ),
    "conv_transpose": lambda k: image(k, k.layers.Conv2DTranspose(2, 3, strides=2, padding="same")),
    "depthwise": lambda k: image(
        k, k.layers.DepthwiseConv2D(3, depth_multiplier=2), k.layers.Flatten()
    ),
    "separable": lambda k: image(
        k, k.layers.SeparableConv2D(4, 3), k.layers.GlobalAveragePooling2D(keepdims=True)
    ),
    "locally": lambda k: sequence(
        k, k.layers.LocallyConnected1D(2, 2), k.layers.Flatten(), k.layers.Dense(1)
    ),
    "reshaping": lambda k: image(
        k,
        k.layers.ZeroPadding2D(1),
        k.layers.Cropping2D(1),
        k.layers.UpSampling2D(2),
        k.layers.Permute((2, 1, 3)),
        k.layers.Reshape((16, 32)),
    ),
    "activations": lambda k: vector(
        k,
        k.layers.Dense(4),
        k.layers.PReLU(),
        k.layers.LeakyReLU(0.1),
        k.layers.ELU(),
        k.layers.ReLU(6.0),
        k.layers.Softmax(),
    ),
    "embedding": lambda k: k.Sequential(
        [k.layers.Embedding(10, 3, input_length=5), k.layers.Flatten(), k.layers.Dense(1)]
    ),
    "masked_lstm": lambda k: k.Sequential(
        [
            k.layers.Embedding(10, 3, mask_zero=True, input_length=5),
            k.layers.LSTM(2),
            k.layers.Dense(1),
        ]
    ),
    "lstm": lambda k: sequence(k, k.layers.LSTM(3, return_sequences=True), k.layers.LSTM(2)),
    "gru": lambda k: sequence(
        k, k.layers.GRU(3, return_sequences=True), k.layers.GRU(2, reset_after=False)
    ),
    "simple_rnn": lambda k: sequence(k, k.layers.SimpleRNN(3, dropout=0.1)),
    "cells": lambda k: sequence(k, k.layers.RNN([k.layers.LSTMCell(2), k.layers.GRUCell(3)])),
    "bidirectional": lambda k: sequence(
        k,
        k.layers.Bidirectional(k.layers.LSTM(2, return_sequences=True)),
        k.layers.Bidirectional(k.layers.GRU(2)),
    ),
    "time_distributed": lambda k: sequence(k, k.layers.TimeDistributed(k.layers.Dense(2))),
    "conv_lstm": lambda k: k.Sequential([k.Input((3, 6, 6, 2)), k.layers.ConvLSTM2D(2, 3)]),
    "attention": attention,
    "branches": branches,
    "nested": nested,
    "frozen": frozen,
    "conv1d_transpose": lambda k: sequence(
        k, k.layers.Conv1DTranspose(2, 3, strides=2), k.layers.GlobalMaxPooling1D()
    ),
    "conv3d_transpose": lambda k: volume(
        k, k.layers.Conv3DTranspose(2, 2), k.layers.GlobalAveragePooling3D()
    ),
    "dot_attention": two_sequences("Attention"),
    "additive_attention": two_sequences("AdditiveAttention"),
    "masking": lambda k: sequence(k, k.layers.Masking(), k.layers.LSTM(2, go_backwards=True)),
    "repeat": lambda k: vector(
        k,
        k.layers.Dense(3),
        k.layers.RepeatVector(2),
        k.layers.SpatialDropout1D(0.1),
        k.layers.GRU(2),
    ),
    "normalization": lambda k: vector(
        k, k.layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 9.0, 16.0])
    ),
    "discretization": lambda k: vector(k, k.layers.Discretization([-1.0, 0.0, 1.0])),
    "depthwise1d": lambda k: sequence(
        k, k.layers.DepthwiseConv1D(2), k.layers.SeparableConv1D(3, 2), k.layers.Cropping1D(1)
    ),
    "resizing": lambda k: image(
        k, k.layers.Resizing(4, 4), k.layers.CenterCrop(2, 2), k.layers.Flatten(), k.layers.Dense(1)
    ),
    "rescaling": lambda k: image(
        k, k.layers.Rescaling(1 / 255.0, offset=-1.0), k.layers.Flatten(), k.layers.Dense(1)
    ),
    "merging": merging,
    "locally2d": lambda k: image(
        k, k.layers.LocallyConnected2D(2, 3), k.layers.SpatialDropout2D(0.1), k.layers.Flatten()
    ),
    "built_by_data": built_by_data,
}

OPTIMIZERS = {
    "sgd": lambda k: k.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda k: k.optimizers.RMSprop(0.01, centered=True, momentum=0.1),
    "adam": lambda k: k.optimizers.Adam(0.01, amsgrad=True, clipnorm=1.0),
    "adamw": lambda k: k.optimizers.AdamW(k.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)),
    "adamax": lambda k: k.optimizers.Adamax(0.01),
    "nadam": lambda k: k.optimizers.Nadam(0.01),
    "adagrad": lambda k: k.optimizers.Adagrad(0.1),
    "adadelta": lambda k: k.optimizers.Adadelta(0.5),
    "adafactor": lambda k: k.optimizers.Adafactor(0.01),
    "ftrl": lambda k: k.optimizers.Ftrl(0.1),
    "lion": lambda k: k.optimizers.Lion(0.01),
}
# Keras 2 forgets one number of Nadam's state when it saves, and so cannot go on where it was.
EXCHANGED = {name: make for name, make in OPTIMIZERS.items() if name != "nadam"}


PAIRS = {"tfk to tf_keras": (tfk, tf_keras), "tf_keras to tfk": (tf_keras, tfk)}


def without_noise(model):
    """Sets the rates of dropout and noise to zero: the two libraries draw different numbers."""
    for layer in model._flatten_layers():
        for owner, rate in (
            (layer, "rate"),
            (layer, "stddev"),
            (getattr(layer, "cell", layer), "dropout"),
        ):
            if getattr(owner, rate, None):
                setattr(owner, rate, 0.0)
    return model


def losses_of(model, data, steps):
    return [model.train_on_batch(*data) for _ in range(steps)]


@pytest.mark.parametrize("way", PAIRS)
@pytest.mark.parametrize("number, name", list(enumerate(MODELS)), ids=MODELS)
def test_models_go_both_ways(number, name, way, tmp_path):
    """Equal outputs from both formats, then 5 steps from one of them with equal losses, by one
    optimizer or another.
    """
    writer, reader = PAIRS[way]
    model = without_noise(MODELS[name](writer))
    make_optimizer = list(EXCHANGED.values())[number % len(EXCHANGED)]
    model.compile(make_optimizer(writer), "mse", run_eagerly=True)
    data = data_for(model)
    # Weights that are not what they start with, so that unread ones show.
    model.set_weights(
        [np.abs(RNG.normal(size=w.shape)).astype(w.dtype) * 0.5 + 0.1 for w in model.get_weights()]
    )
    losses_of(model, data, 3)
    steps, expected = int(model.optimizer.iterations), tf.nest.flatten(model(data[0]))
    paths = [str(tmp_path / f"model.{ending}") for ending in ("h5", "keras")][
        :: 1 if number % 2 else -1
    ]
    for path in paths:
        model.save(path)
    losses = losses_of(model, data, 5)
    for path in paths:
        loaded = reader.models.load_model(path)
        for got, want in zip(tf.nest.flatten(loaded(data[0])), expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6)
        assert [layer.name for layer in loaded.layers] == [layer.name for layer in model.layers]
        assert [layer.trainable for layer in loaded.layers] == [
            layer.trainable for layer in model.layers
        ]
        assert int(loaded.optimizer.iterations) == steps
    loaded.run_eagerly = True
    np.testing.assert_allclose(losses_of(loaded, data, 5), losses, rtol=2e-5, atol=1e-6)


def test_there_are_enough_models():
    assert len(MODELS) >= 40


@pytest.mark.parametrize("ending", ["h5", "keras"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_with_equal_losses(name, ending, tmp_path):
    path = str(tmp_path / f"model.{ending}")
    x, y = RNG.normal(size=(8, 4)).astype("float32"), RNG.normal(size=(8, 1)).astype("float32")
    for writer, reader in PAIRS.values() if name in EXCHANGED else [(tfk, tfk)]:
        model = MODELS["dense"](writer)
        model.compile(OPTIMIZERS[name](writer), "mse", metrics=["mae"])
        for _ in range(3):
            model.train_on_batch(x, y)
        model.save(path)
        loaded = reader.models.load_model(path)
        assert int(loaded.optimizer.iterations) == 3
        ours = [model.train_on_batch(x, y) for _ in range(5)]
        theirs = [loaded.train_on_batch(x, y) for _ in range(5)]
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


def in_half_precision(k, initial_scale):
    model = vector(k, k.layers.Dense(3, dtype="mixed_float16"), k.layers.Dense(1, dtype="float32"))
    optimizer = k.mixed_precision.LossScaleOptimizer(
        k.optimizers.Adam(0.01), initial_scale=initial_scale
    )
    model.compile(optimizer, "mse")
    return model


@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_training_with_a_loss_scale_goes_on(ending, tmp_path):
    path = str(tmp_path / f"model.{ending}")
    x, y = RNG.normal(size=(8, 4)).astype("float32"), RNG.normal(size=(8, 1)).astype("float32")
    for writer, reader in ((tfk, tf_keras), (tf_keras, tfk)):
        # A scale at which no gradient overflows: files of Keras 2 hold the first scale, not the
        # present one.
        model = in_half_precision(writer, initial_scale=16.0)
        for _ in range(3):
            model.train_on_batch(x, y)
        model.save(path)
        loaded = reader.models.load_model(path)
        assert type(loaded.optimizer) is type(in_half_precision(reader, 16.0).optimizer)
        assert loaded.optimizer.initial_scale == 16.0
        np.testing.assert_array_equal(loaded(x), model(x))
        if (ending, reader) == ("h5", tf_keras):
            # Keras 2 reads no state under a loss scale from .h5 files, its own included.
            continue
        assert int(loaded.optimizer.iterations) == 3
        ours = [model.train_on_batch(x, y) for _ in range(5)]
        np.testing.assert_allclose([loaded.train_on_batch(x, y) for _ in range(5)], ours, rtol=1e-3)


@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_the_loss_scale_is_kept(ending, tmp_path):
    """After steps that overflow the scale is lower than at first, and a loaded model goes on from
    there.
    """
    path = str(tmp_path / f"model.{ending}")
    x, y = RNG.normal(size=(8, 4)).astype("float32"), RNG.normal(size=(8, 1)).astype("float32")
    model = in_half_precision(tfk, initial_scale=2.0**20)
    for _ in range(12):
        model.train_on_batch(x, y)
    skipped = int(model.optimizer.skipped_steps)
    assert 0 < skipped < 12 and float(model.optimizer.loss_scale) == 2.0 ** (20 - skipped)
    model.save(path)
    loaded = tfk.models.load_model(path)
    for name in ("loss_scale", "dynamic_counter", "skipped_steps", "iterations"):
        assert float(getattr(loaded.optimizer, name)) == float(getattr(model.optimizer, name))
    ours = [model.train_on_batch(x, y) for _ in range(5)]
    np.testing.assert_array_equal([loaded.train_on_batch(x, y) for _ in range(5)], ours)


@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_training_with_frozen_layers_goes_on(ending, tmp_path):
    path = str(tmp_path / f"model.{ending}")
    x, y = RNG.normal(size=(8, 4)).astype("float32"), RNG.normal(size=(8, 2)).astype("float32")
    for writer, reader in ((tfk, tfk), (tfk, tf_keras), (tf_keras, tfk)):
        model = frozen(writer)
        model.compile("adam", "mse")
        for _ in range(2):
            model.train_on_batch(x, y)
        model.save(path)
        loaded = reader.models.load_model(path)
        assert int(loaded.optimizer.iterations) == 2
        assert [w.shape for w in loaded.trainable_weights] == [
            w.shape for w in model.trainable_weights
        ]
        kept = loaded.layers[0].get_weights()
        ours = [model.train_on_batch(x, y) for _ in range(5)]
        np.testing.assert_allclose([loaded.train_on_batch(x, y) for _ in range(5)], ours, rtol=1e-5)
        np.testing.assert_array_equal(kept[0], loaded.layers[0].get_weights()[0])


@pytest.mark.parametrize("ending", ["h5", "weights.h5", "checkpoint"])
@pytest.mark.parametrize(
    "name", ["dense", "nested", "branches", "bidirectional", "attention", "batch_norm", "cells"]
)
def test_weights_alone(name, ending, tmp_path):
    path = str(tmp_path / f"file.{ending}") if ending != "checkpoint" else str(tmp_path / "prefix")
    for writer, reader in ((tfk, tf_keras), (tf_keras, tfk)):
        model, other = MODELS[name](writer), MODELS[name](reader)
        x, _ = data_for(model)
        model.set_weights(
            [RNG.normal(size=w.shape).astype(w.dtype) ** 2 for w in model.get_weights()]
        )
        model.save_weights(path)
        status = other.load_weights(path)
        if status is not None:
            status.expect_partial()
        for got, want in zip(tf.nest.flatten(other(x)), tf.nest.flatten(model(x))):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


class Scale(tf.Module):
    """A module of plain TensorFlow."""

    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(2.0, name="factor")


def scaled(k, **settings):
    class Scaled(k.Model):
        def __init__(self, **settings):
            super().__init__(**settings)
            self.scale, self.dense = Scale(), k.layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs) * self.scale.factor

    model = Scaled(**settings)
    model(np.ones((2, 3), "float32"))
    return model


def test_variables_of_plain_modules_are_kept(tmp_path):
    """Keras 2 leaves them out of its files, and reads ours without them."""
    x, model = RNG.normal(size=(2, 3)).astype("float32"), scaled(tfk)
    model.scale.factor.assign(5.0)
    model.save(tmp_path / "m.keras")
    cls = {"Scaled": type(model)}
    np.testing.assert_array_equal(tfk.models.load_model(tmp_path / "m.keras", cls)(x), model(x))
    path = str(tmp_path / "m.weights.h5")
    model.save_weights(path)
    other, keras = scaled(tfk), scaled(tf_keras)
    other.load_weights(path)
    np.testing.assert_array_equal(other(x), model(x))
    keras.load_weights(path)
    np.testing.assert_allclose(keras(x) * 2.5, model(x), rtol=1e-6)
    keras.save_weights(path)
    with pytest.warns(UserWarning, match="no values for the variables of .*Scale"):
        other.load_weights(path)
    assert float(other.scale.factor) == 5.0
    with pytest.warns(UserWarning, match=r"no place .*factor:0'\] are not saved"):
        model.save_weights(tmp_path / "m.h5")


def test_compile_settings_of_several_outputs(tmp_path):
    x, y = (
        [RNG.normal(size=(6, 4)).astype("float32") for _ in range(2)],
        [np.ones((6, 1)), np.ones((6, 3))],
    )
    for ending in ("h5", "keras"):
        path = str(tmp_path / f"m.{ending}")
        for writer, reader in ((tfk, tf_keras), (tf_keras, tfk)):
            model = branches(writer)
            model.compile(
                "sgd",
                {"one": "mse", "two": writer.losses.Huber(0.5)},
                loss_weights=[1.0, 0.5],
                metrics={"one": ["mae"], "two": ["mse"]},
            )
            before = model.evaluate(x, y, verbose=0)
            model.save(path)
            np.testing.assert_allclose(
                reader.models.load_model(path).evaluate(x, y, verbose=0), before, rtol=1e-5
            )


@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_a_stack_that_was_never_built(ending, tmp_path):
    for writer, reader in ((tfk, tf_keras), (tf_keras, tfk)):
        if ending == "h5" and writer is tf_keras:
            continue  # Keras 2 refuses to write weights that do not exist
        model = writer.Sequential([writer.layers.Dense(3), writer.layers.Dense(1)])
        with pytest.warns(UserWarning, match="not (yet been )?built"):
            model.save(tmp_path / f"m.{ending}")
        loaded = reader.models.load_model(str(tmp_path / f"m.{ending}"))
        assert not loaded.built and loaded(np.ones((2, 4), "float32")).shape == (2, 1)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_loaded_models_know_their_metrics(ending, tmp_path):
    model = tfk.Sequential([tfk.layers.Dense(3, activation="softmax", input_shape=(4,))])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc", "mae"])
    model.save(str(tmp_path / f"model{ending}"))
    loaded = tfk.models.load_model(str(tmp_path / f"model{ending}"))
    assert loaded.metrics_names == ["loss", "acc", "mae"]
    x, y = np.ones((2, 4)), np.array([0, 2])
    model.set_weights(loaded.get_weights())
    assert loaded.evaluate(x, y, verbose=0) == model.evaluate(x, y, verbose=0)


@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_losses_and_metrics_that_share_a_name(ending, tmp_path):
    """`BinaryCrossentropy` is a loss and a metric; HDF5 files name no module."""
    path, x, y = (
        str(tmp_path / f"m.{ending}"),
        RNG.normal(size=(8, 4)).astype("float32"),
        np.ones((8, 1)),
    )
    for writer, reader in ((tfk, tf_keras), (tf_keras, tfk)):
        model = vector(writer, writer.layers.Dense(1, "sigmoid"))
        loss = writer.losses.BinaryCrossentropy(label_smoothing=0.1)
        metrics = [
            writer.metrics.BinaryCrossentropy(name="bc"),
            writer.metrics.MeanSquaredError(name="m"),
        ]
        model.compile("adam", loss, metrics=metrics, weighted_metrics=["mae"])
        model.train_on_batch(x, y)
        model.save(path)
        loaded = reader.models.load_model(path)
        np.testing.assert_allclose(
            loaded.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), rtol=1e-5
        )


def test_a_graph_with_a_loss_of_its_own_still_gives_a_tensor(tmp_path):
    inputs = tfk.Input((4,))
    hidden = tfk.layers.Dense(3)(inputs)
    model = tfk.Model(inputs, tfk.layers.Dense(1)(hidden))
    model.add_loss(tf.reduce_mean(hidden**2))
    model.save(tmp_path / "m.keras")
    loaded = tfk.models.load_model(tmp_path / "m.keras")
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(loaded(x), model(x))
    np.testing.assert_array_equal(loaded.losses[0], model.losses[0])


def test_loaded_model_with_a_loss_of_its_own_reports_what_it_reported(tmp_path):
    class Own(tfk.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return tf.reduce_mean(tf.abs(y - y_pred))

    inputs = tfk.Input((3,))
    model = Own(inputs, tfk.layers.Dense(1)(inputs))
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.ones((4, 3), "float32")
    names = set(model.fit(x, x[:, :1], verbose=0).history)
    model.save(str(tmp_path / "own.keras"))
    loaded = tfk.models.load_model(str(tmp_path / "own.keras"), custom_objects={"Own": Own})
    assert set(loaded.fit(x, x[:, :1], verbose=0).history) == names


@pytest.mark.parametrize("save_format", ["keras", "keras_v3", "h5", "hdf5", "tf", "tensorflow"])
def test_all_names_of_formats(save_format, tmp_path):
    model = tfk.Sequential([tfk.layers.Dense(2, input_shape=(3,))])
    ending = {"k": ".keras", "h": ".h5", "t": ""}[save_format[0]]
    model.save(tmp_path / f"model{ending}", save_format=save_format)
    loaded = tfk.models.load_model(tmp_path / f"model{ending}")
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
