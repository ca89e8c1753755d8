"""Writes small models with a release of Keras before 2.12, for `goldens.py`.

    python write_old.py MODULE FOLDER

Runs inside the environment of that release (Python 3.6 and later). MODULE is `keras` or
`tensorflow.keras`. Each model leaves `model.h5`, `weights.h5` and `model.json`, and in `facts.npz`
its data, outputs, evaluation, weights, the state of its optimizer and the outputs after another
step.
"""

import importlib
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np

ROWS = 8


# Keras 1 ------------------------------------------------------------------------------------------


def keras_1_models(k):
    """Dict from name to `(model, optimizer, loss)`, in the spelling of Keras 1."""
    from keras.engine import Input, Model, merge

    layers, sequential = k.layers, k.models.Sequential

    def image(*stack, **kwargs):
        return sequential(list(stack))

    def convolutions(order, shape):
        bn_axis = -1 if order == "tf" else 1
        return sequential(
            [
                layers.Convolution2D(
                    4, 3, 2, activation="relu", dim_ordering=order, input_shape=shape
                ),
                layers.BatchNormalization(axis=bn_axis, momentum=0.9),
                layers.MaxPooling2D((2, 2), dim_ordering=order),
                layers.Convolution2D(
                    3, 2, 2, border_mode="same", subsample=(2, 2), bias=False, dim_ordering=order
                ),
                layers.Flatten(),
                layers.Dropout(0.0),
                layers.Dense(3, activation="softmax", W_regularizer=k.regularizers.l2(0.01)),
            ]
        )

    x, z = Input((6,), name="x"), Input((6,), name="z")
    shared = layers.Dense(4, activation="tanh", name="shared")
    joined = merge([shared(x), shared(z)], mode="concat")
    multiplied = merge([shared(x), shared(z)], mode="mul")
    two_inputs = Model(
        [x, z], [layers.Dense(2, name="one")(joined), layers.Dense(1, name="two")(multiplied)]
    )
    inner = sequential([layers.Dense(4, input_dim=6, activation="relu"), layers.Dense(3)])
    return {
        "mlp": (
            sequential(
                [
                    layers.Dense(
                        5, input_dim=6, init="he_normal", W_constraint=k.constraints.maxnorm(2)
                    ),
                    layers.Activation("relu"),
                    layers.Dropout(0.0),
                    layers.Dense(3, activation="softmax"),
                ]
            ),
            k.optimizers.Adam(lr=0.01),
            "categorical_crossentropy",
        ),
        "convolutions": (
            convolutions("tf", (9, 8, 3)),
            k.optimizers.SGD(lr=0.01, momentum=0.9, nesterov=True, decay=0.01),
            "categorical_crossentropy",
        ),
        "convolutions_theano_order": (
            convolutions("th", (3, 9, 8)),
            k.optimizers.RMSprop(lr=0.01),
            "categorical_crossentropy",
        ),
        "sequences": (
            sequential(
                [
                    layers.Convolution1D(
                        4, 3, border_mode="same", activation="relu", input_shape=(8, 3)
                    ),
                    layers.MaxPooling1D(pool_length=2),
                    layers.LSTM(3, return_sequences=True),
                    layers.GRU(2),
                    layers.Dense(1),
                ]
            ),
            k.optimizers.Adagrad(lr=0.01),
            "mse",
        ),
        "bidirectional": (
            sequential(
                [
                    layers.Embedding(10, 4, input_length=5, mask_zero=True),
                    layers.Bidirectional(layers.LSTM(3, consume_less="gpu")),
                    layers.Dense(2),
                ]
            ),
            k.optimizers.Adamax(lr=0.01),
            "mse",
        ),
        "time_distributed": (
            sequential(
                [
                    layers.TimeDistributed(layers.Dense(3, activation="tanh"), input_shape=(5, 4)),
                    layers.SimpleRNN(3, inner_init="orthogonal"),
                    layers.LeakyReLU(0.2),
                ]
            ),
            k.optimizers.Nadam(lr=0.01),
            "mse",
        ),
        "two_inputs": (two_inputs, k.optimizers.Adadelta(lr=0.5), "mse"),
        "nested": (
            sequential([inner, layers.Dense(2)]),
            k.optimizers.Adam(lr=0.01, decay=0.1),
            "mse",
        ),
        "conv_lstm": (
            sequential([layers.ConvLSTM2D(2, 2, 2, dim_ordering="tf", input_shape=(3, 5, 5, 2))]),
            k.optimizers.SGD(lr=0.01),
            "mse",
        ),
    }


# Keras 2 ------------------------------------------------------------------------------------------


def keras_2_models(k):
    layers, sequential = k.layers, k.models.Sequential
    rate = {"lr": 0.01}  # learning_rate in later releases, which take lr as well
    x, z = k.layers.Input((6,), name="x"), k.layers.Input((6,), name="z")
    shared = layers.Dense(4, activation="tanh", name="shared")
    joined = layers.concatenate([shared(x), shared(z)])
    multiplied = layers.multiply([shared(x), shared(z)])
    two_inputs = k.models.Model(
        [x, z], [layers.Dense(2, name="one")(joined), layers.Dense(1, name="two")(multiplied)]
    )
    inner = sequential(
        [layers.Dense(4, input_dim=6, activation="relu"), layers.BatchNormalization()]
    )
    found = {
        "mlp": (
            sequential(
                [
                    layers.Dense(5, input_dim=6, kernel_regularizer=k.regularizers.l2(0.01)),
                    layers.Activation("relu"),
                    layers.Dense(
                        3, activation="softmax", kernel_constraint=k.constraints.max_norm(2)
                    ),
                ]
            ),
            k.optimizers.Adam(**rate),
            "categorical_crossentropy",
        ),
        "amsgrad": (
            sequential([layers.Dense(4, input_dim=6), layers.Dense(4), layers.Dense(4)]),
            k.optimizers.Adam(amsgrad=True, clipnorm=1.0, **rate) if has_amsgrad(k) else "adam",
            "mse",
        ),
        "convolutions": (
            sequential(
                [
                    layers.Conv2D(4, (3, 2), activation="relu", input_shape=(9, 8, 3)),
                    layers.BatchNormalization(momentum=0.9),
                    layers.MaxPooling2D(),
                    layers.SeparableConv2D(3, 2, padding="same"),
                    layers.Conv2DTranspose(2, 2, strides=2),
                    layers.Flatten(),
                    layers.Dense(3, activation="softmax"),
                ]
            ),
            k.optimizers.SGD(momentum=0.9, nesterov=True, decay=0.01, **rate),
            "categorical_crossentropy",
        ),
        "square_kernels": (
            sequential(
                [layers.Conv2D(3, 3, input_shape=(7, 7, 3)), layers.Conv2D(3, 3), layers.Flatten()]
            ),
            k.optimizers.SGD(**rate),
            "mse",
        ),
        "sequences": (
            sequential(
                [
                    layers.Conv1D(4, 3, padding="same", activation="relu", input_shape=(8, 3)),
                    layers.MaxPooling1D(),
                    layers.LSTM(3, return_sequences=True),
                    layers.GRU(2),
                    layers.Dense(1),
                ]
            ),
            k.optimizers.RMSprop(**rate),
            "mse",
        ),
        "bidirectional": (
            sequential(
                [
                    layers.Embedding(10, 4, input_length=5, mask_zero=True),
                    layers.Bidirectional(layers.LSTM(3)),
                    layers.Dense(2),
                ]
            ),
            k.optimizers.Adamax(**rate),
            "mse",
        ),
        "time_distributed": (
            sequential(
                [
                    layers.TimeDistributed(layers.Dense(3, activation="tanh"), input_shape=(5, 4)),
                    layers.SimpleRNN(3),
                    layers.LeakyReLU(0.2),
                ]
            ),
            k.optimizers.Nadam(**rate),
            "mse",
        ),
        "two_inputs": (two_inputs, k.optimizers.Adadelta(lr=0.5), "mse"),
        "nested": (sequential([inner, layers.Dense(2)]), k.optimizers.Adagrad(**rate), "mse"),
        "conv_lstm": (
            sequential([layers.ConvLSTM2D(2, 2, input_shape=(3, 5, 5, 2))]),
            k.optimizers.SGD(**rate),
            "mse",
        ),
    }
    return found


def has_amsgrad(k):
    return "amsgrad" in k.optimizers.Adam().get_config()


def cudnn_models(k):
    """Pairs of a model with a cuDNN layer, which runs on a GPU only, and its twin without."""
    layers, sequential = k.layers, k.models.Sequential
    if not hasattr(layers, "CuDNNLSTM"):
        return {}

    def without_cudnn(layer, inputs, states):
        steps = k.backend.int_shape(inputs)[1]
        return k.backend.repeat(states[0], steps) if layer.return_sequences else states[0], states

    for kind in (layers.CuDNNLSTM, layers.CuDNNGRU):
        kind._process_batch = without_cudnn

    def pair(cudnn, plain):
        return [
            sequential(
                [
                    layers.Dense(4, input_shape=(5, 3)),
                    layers.Bidirectional(layer(3, return_sequences=True)),
                    layer(2),
                ]
            )
            for layer in (cudnn, plain)
        ]

    def gru(units, **settings):
        return layers.GRU(units, reset_after=True, recurrent_activation="sigmoid", **settings)

    def lstm(units, **settings):
        return layers.LSTM(units, recurrent_activation="sigmoid", **settings)

    return {
        "cudnn_lstm": pair(layers.CuDNNLSTM, lstm),
        "cudnn_gru": pair(layers.CuDNNGRU, gru),
    }


# Writing ------------------------------------------------------------------------------------------


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def data_for(name, model):
    rng = np.random.RandomState(0)
    shapes = [
        (ROWS,) + tuple(size or 5 for size in shape[1:])
        for shape in as_list_of_shapes(model.input_shape)
    ]
    x = [rng.normal(size=shape).astype("float32") for shape in shapes]
    if name == "bidirectional":
        x = [rng.randint(1, 10, shape).astype("float32") for shape in shapes]
    y = []
    for shape in as_list_of_shapes(model.output_shape):
        if len(shape) == 2 and shape[-1] == 3:
            y.append(np.eye(3, dtype="float32")[rng.randint(0, 3, ROWS)])
        else:
            y.append(rng.uniform(size=(ROWS,) + tuple(shape[1:])).astype("float32"))
    return x, y


def as_list_of_shapes(shapes):
    return list(shapes) if isinstance(shapes, list) else [shapes]


def one(values):
    return values if len(values) > 1 else values[0]


def write(folder, name, model, optimizer, loss):
    x, y = data_for(name, model)
    metrics = ["accuracy"] if loss == "categorical_crossentropy" else ["mae"]
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
    for _ in range(3):
        model.train_on_batch(one(x), one(y))
    arrays = {
        "x": x,
        "y": y,
        "outputs": as_list(model.predict(one(x))),
        "evaluation": as_list(model.evaluate(one(x), one(y), batch_size=ROWS, verbose=0)),
        "weights": model.get_weights(),
        "state": model.optimizer.get_weights(),
    }
    save(folder, model)
    model.train_on_batch(one(x), one(y))
    arrays["next"] = as_list(model.predict(one(x)))
    store(folder, arrays)


def write_cudnn(folder, model, twin):
    save(folder, model)
    twin.load_weights(os.path.join(folder, "weights.h5"))
    x, _ = data_for("", twin)
    store(folder, {"x": x, "outputs": as_list(twin.predict(one(x)))})


def save(folder, model):
    if not os.path.isdir(folder):
        os.makedirs(folder)
    model.save(os.path.join(folder, "model.h5"))
    model.save_weights(os.path.join(folder, "weights.h5"))
    with open(os.path.join(folder, "model.json"), "w") as file:
        file.write(model.to_json())


def store(folder, arrays):
    flat = {
        f"{key}_{index}": value
        for key, values in arrays.items()
        for index, value in enumerate(values)
    }
    np.savez_compressed(os.path.join(folder, "facts.npz"), **flat)


def prevent_races(k):
    """Compute all updates of a step before the first variable changes.

    In TensorFlow's graphs Keras orders neither, so Adam may or may not count the step it takes, and
    a gradient may be that of updated weights.
    """
    import tensorflow as tf

    plain_function = k.backend.function

    def function(inputs, outputs, updates=None, **kwargs):
        pairs = [update for update in updates or [] if isinstance(update, tuple)]
        others = [update for update in updates or [] if not isinstance(update, tuple)]
        values = [tf.identity(value) for _, value in pairs]
        with tf.control_dependencies(values):
            assigned = [tf.assign(pair[0], value) for pair, value in zip(pairs, values)]
        return plain_function(inputs, outputs, others + assigned, **kwargs)

    k.backend.function = function
    k.backend.update = lambda x, new_x: (x, new_x)
    k.backend.update_add = lambda x, increment: (x, x + increment)


def main(module, folder):
    k = importlib.import_module(module)
    if module == "keras":
        prevent_races(k)
    np.random.seed(0)
    is_first = k.__version__.startswith("1.")
    found = keras_1_models(k) if is_first else keras_2_models(k)
    for name, (model, optimizer, loss) in found.items():
        write(os.path.join(folder, name), name, model, optimizer, loss)
    if not is_first:
        for name, (model, twin) in cudnn_models(k).items():
            write_cudnn(os.path.join(folder, name), model, twin)
    print(json.dumps({"keras_version": k.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
