"""Typical mistakes of beginners as small programs that run with tfk and with tf_keras.

A program is a function of the library. It is followed by what its error must name: `cause`, a
pattern for what is wrong, and `cure`, one for what to write instead.
"""

import dataclasses
import json
import os
import re
import tempfile
from collections.abc import Callable

import numpy as np
import tensorflow as tf

PROGRAMS = []
ROWS = 12
X = np.linspace(-1.0, 1.0, ROWS * 8, dtype="float32").reshape(ROWS, 8)
Y = np.arange(ROWS) % 3
ONE_HOT = np.eye(3, dtype="float32")[Y]
IMAGES = np.zeros((ROWS, 6, 6, 1), "float32")
IDS = np.arange(ROWS * 4).reshape(ROWS, 4) % 10


@dataclasses.dataclass(frozen=True)
class Mistake:
    """A program with one mistake.

    Attributes:
        topic: Heading of the table it stands in.
        title: What the user did.
        run: Function of the library that makes the mistake.
        cause: Pattern of what the message must name.
        cure: Pattern of the advice it must give.
    """

    topic: str
    title: str
    run: Callable
    cause: re.Pattern
    cure: re.Pattern


def mistake(topic, title, cause, cure):
    """Decorator that adds a program to `PROGRAMS`."""

    def add(run):
        patterns = (re.compile(text, re.IGNORECASE | re.DOTALL) for text in (cause, cure))
        PROGRAMS.append(Mistake(topic, title, run, *patterns))
        return run

    return add


def classifier(keras, loss="sparse_categorical_crossentropy", **settings):
    model = keras.Sequential(
        [
            keras.layers.Dense(4, activation="relu", input_shape=(8,), name="hidden"),
            keras.layers.Dense(3, activation="softmax", name="classes"),
        ]
    )
    model.compile("sgd", loss, **settings)
    return model


def compiled(keras, *layers):
    model = keras.Sequential(layers)
    model.compile("sgd", "mse")
    return model


# --- Data ---


@mistake("Data", "5 features in place of 8", r"8.*5|5.*8", "expect")
def features(keras):
    classifier(keras).fit(X[:, :5], Y, verbose=0)


@mistake("Data", "`predict` of one sample without a batch axis", r"\(8,\)|\(None,\)", "batch|axis")
def one_sample(keras):
    classifier(keras).predict(X[0], verbose=0)


@mistake("Data", "dataset that was not batched", r"\(8,\)|shape", r"batch\(")
def unbatched_dataset(keras):
    classifier(keras).fit(tf.data.Dataset.from_tensor_slices((X, Y)), verbose=0)


@mistake("Data", "`x` and `y` of different lengths", "12.*9|9.*12", "same|number of")
def lengths(keras):
    classifier(keras).fit(X, Y[:9], verbose=0)


@mistake("Data", "`fit` without targets", "y|target", "fit|pass")
def no_targets(keras):
    classifier(keras).fit(X, verbose=0)


@mistake("Data", "lists of different lengths as `x`", "length|ragged|shape", "pad|ragged|same")
def ragged_lists(keras):
    classifier(keras).fit([[1.0, 2.0], [3.0]], [0, 1], verbose=0)


@mistake("Data", "strings as features", "string|object|str", "number|convert|lookup|vector")
def string_features(keras):
    classifier(keras).fit(np.array([["a"] * 8] * 4), Y[:4], verbose=0)


@mistake("Data", "strings as labels", "string|str", "number|int|lookup")
def string_labels(keras):
    classifier(keras).fit(X[:3], np.array(["cat", "dog", "cow"]), verbose=0)


@mistake("Data", "no rows", "empty|no |0", "")
def no_rows(keras):
    classifier(keras).fit(X[:0], Y[:0], verbose=0)


@mistake("Data", "`validation_split` with a dataset", "validation_split", "validation_data")
def split_of_dataset(keras):
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    classifier(keras).fit(data, validation_split=0.2, verbose=0)


@mistake("Data", "one array for a model with two inputs", "2", "input")
def one_array_for_two_inputs(keras):
    a, b = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    model = keras.Model([a, b], keras.layers.Dense(1)(keras.layers.Add()([a, b])))
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)


@mistake("Data", "dict of inputs with a wrong key", "imge", "image")
def wrong_key(keras):
    image = keras.Input((8,), name="image")
    model = keras.Model(image, keras.layers.Dense(1)(image))
    model.predict({"imge": X}, verbose=0)


@mistake("Data", "`class_weight` without one of the classes", "class_weight|2", "add|every|all")
def class_weight(keras):
    classifier(keras).fit(X, Y, class_weight={0: 1.0, 1: 2.0}, verbose=0)


@mistake("Data", "generator that raises", "no column", "read_rows")
def failing_generator(keras):
    def read_rows():
        raise KeyError("no column 'price'")
        yield X, Y

    classifier(keras).fit(read_rows(), steps_per_epoch=1, verbose=0)


@mistake("Data", "`Sequence` without `__len__`", "__len__", "__len__")
def sequence_without_length(keras):
    class Rows(keras.utils.Sequence):
        def __getitem__(self, index):
            return X, Y

    classifier(keras).fit(Rows(), verbose=0)


# --- Losses and labels ---


@mistake("Labels", "integer labels with `categorical_crossentropy`", r"\(", "sparse|to_categorical")
def integer_labels(keras):
    classifier(keras, "categorical_crossentropy").fit(X, Y, verbose=0)


@mistake(
    "Labels", "one-hot labels with `sparse_categorical_crossentropy`", r"\(", "categorical_cro"
)
def one_hot_labels(keras):
    classifier(keras).fit(X, ONE_HOT, verbose=0)


@mistake("Labels", "labels from 1 to 3 for 3 outputs", "3", "0|range|unit|start")
def labels_from_one(keras):
    classifier(keras).fit(X, Y + 1, verbose=0)


@mistake("Labels", "`to_categorical` of labels from 1 to 3", "3", "num_classes|start|0")
def categories_from_one(keras):
    keras.utils.to_categorical([1, 2, 3], num_classes=3)


@mistake("Labels", "no `Flatten` before the output", r"\(", "flatten|shape")
def no_flatten(keras):
    model = keras.Sequential(
        [keras.layers.Dense(3, activation="softmax", input_shape=(6, 6, 1))],
    )
    model.compile("sgd", "categorical_crossentropy")
    model.fit(IMAGES, ONE_HOT, verbose=0)


@mistake(
    "Labels", "a loss that does not exist", "categorical_crossentropi", "categorical_crossentropy"
)
def unknown_loss(keras):
    classifier(keras, "categorical_crossentropi").fit(X, ONE_HOT, verbose=0)


@mistake("Labels", "a metric that does not exist", "acuracy", "accuracy")
def unknown_metric(keras):
    classifier(keras, metrics=["acuracy"]).fit(X, Y, verbose=0)


@mistake("Labels", "NumPy in a custom loss", "numpy", "tf.|tensorflow")
def numpy_loss(keras):
    def distance(y_true, y_pred):
        return np.mean(np.abs(y_true - y_pred))

    classifier(keras, distance).fit(X, ONE_HOT, verbose=0)


@mistake("Labels", "custom loss with one argument", "argument", "y_true|y_pred|1")
def loss_of_one_argument(keras):
    def distance(error):
        return error

    classifier(keras, distance).fit(X, ONE_HOT, verbose=0)


@mistake("Labels", "custom loss without `return`", "None|return", "return")
def loss_without_return(keras):
    def distance(y_true, y_pred):
        tf.reduce_mean(tf.abs(y_true - y_pred))

    classifier(keras, distance).fit(X, ONE_HOT, verbose=0)


# --- compile ---


@mistake("compile", "`fit` before `compile`", "compile", "compile")
def not_compiled(keras):
    keras.Sequential([keras.layers.Dense(1)]).fit(X, Y, verbose=0)


@mistake("compile", "the class of an optimizer", "Adam", r"Adam\(")
def optimizer_class(keras):
    keras.Sequential([keras.layers.Dense(1)]).compile(keras.optimizers.Adam, "mse")


@mistake("compile", "the class of a metric", "Precision", r"Precision\(")
def metric_class(keras):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[keras.metrics.Precision])
    model.fit(X, Y, verbose=0)


@mistake("compile", "an optimizer that does not exist", "adamm", "adam['\" .?]")
def unknown_optimizer(keras):
    keras.Sequential([keras.layers.Dense(1)]).compile("adamm", "mse")


@mistake("compile", "a learning rate as a string", "0.01", "number|float")
def learning_rate_as_string(keras):
    optimizer = keras.optimizers.SGD(learning_rate="0.01")
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    model.fit(X, Y, verbose=0)


@mistake("compile", "no loss", "loss", "compile")
def no_loss(keras):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd")
    model.fit(X, Y, verbose=0)


@mistake("compile", "a loss for an output that does not exist", "sizes", "size[^s]")
def loss_of_unknown_output(keras):
    inputs = keras.Input((8,))
    parts = [keras.layers.Dense(1, name=name)(inputs) for name in ("size", "price")]
    model = keras.Model(inputs, parts)
    model.compile("sgd", {"sizes": "mse", "price": "mse"})
    model.fit(X, [Y, Y], verbose=0)


@mistake("compile", "an argument that does not exist", "metric", "metrics")
def unknown_compile_argument(keras):
    keras.Sequential([keras.layers.Dense(1)]).compile("sgd", "mse", metric=["mae"])


# --- Layers ---


@mistake("Layers", "an argument that does not exist", "activaton", "activation[^a-z]")
def unknown_argument(keras):
    keras.layers.Dense(4, activaton="relu")


@mistake("Layers", "an activation that does not exist", "rleu", "relu|elu")
def unknown_activation(keras):
    keras.layers.Dense(4, activation="rleu")


@mistake("Layers", "an initializer that does not exist", "glorot", "glorot_(uniform|normal)")
def unknown_initializer(keras):
    keras.layers.Dense(4, kernel_initializer="glorot")


@mistake("Layers", "a regularizer that does not exist", "l3", "l2|l1")
def unknown_regularizer(keras):
    keras.layers.Dense(4, kernel_regularizer="l3")


@mistake("Layers", "a constraint that does not exist", "maxnorm2", "max_?norm['\" .?]")
def unknown_constraint(keras):
    keras.layers.Dense(4, kernel_constraint="maxnorm2")


@mistake("Layers", "a padding that does not exist", "smae", "same")
def unknown_padding(keras):
    keras.layers.Conv2D(4, 3, padding="smae")


@mistake("Layers", "a layer that does not exist", "Dens", "Dense")
def unknown_layer(keras):
    keras.layers.Dens(4)


@mistake("Layers", "`units` as a string", "10|units", "int")
def units_as_string(keras):
    keras.layers.Dense("ten")


@mistake("Layers", "no `units`", "units", "units")
def no_units(keras):
    keras.layers.Dense()


@mistake("Layers", "`Dropout(50)`", "50", "0.*1")
def dropout_in_percent(keras):
    keras.layers.Dropout(50)


@mistake("Layers", "the class of a layer in `Sequential`", "Flatten|class", r"Flatten\(|instance")
def layer_class(keras):
    keras.Sequential([keras.layers.Flatten, keras.layers.Dense(1)])


@mistake("Layers", "a string in `Sequential`", "relu", "Activation|layer")
def string_as_layer(keras):
    keras.Sequential([keras.layers.Dense(4), "relu"])


@mistake("Layers", "images without channels for `Conv2D`", r"6, 6\)|ndim=3|3", "4|channel")
def no_channels(keras):
    compiled(keras, keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(1)).fit(
        IMAGES[..., 0], Y, verbose=0
    )


@mistake("Layers", "a kernel larger than the image", "6|negative", "kernel|size|padding")
def large_kernel(keras):
    keras.Sequential([keras.layers.Conv2D(2, 9, input_shape=(6, 6, 1))])


@mistake("Layers", "`LSTM` on vectors", r"2|\(", "3|time|steps")
def lstm_on_vectors(keras):
    keras.Sequential([keras.layers.LSTM(4, input_shape=(8,))])


@mistake("Layers", "two `LSTM`s without `return_sequences`", r"2|\(", "return_sequences|3")
def stacked_lstm(keras):
    keras.Sequential([keras.layers.LSTM(4, input_shape=(5, 8)), keras.layers.LSTM(4)])


@mistake("Layers", "`Reshape` to another number of elements", "8", "3|total|element")
def wrong_reshape(keras):
    keras.Sequential([keras.layers.Reshape((3, 3), input_shape=(8,))])


@mistake("Layers", "ids beyond the size of an `Embedding`", "50", "10|input_dim")
def ids_out_of_range(keras):
    compiled(
        keras,
        keras.layers.Embedding(10, 2, input_length=4, name="words"),
        keras.layers.Flatten(),
        keras.layers.Dense(1),
    ).fit(np.full((ROWS, 4), 50), Y, verbose=0)


# --- Functional models ---


@mistake("Functional API", "`Concatenate` of other shapes", r"\(", "axis|match|shape")
def concatenate(keras):
    a, b = keras.Input((4, 8)), keras.Input((5, 7))
    keras.layers.Concatenate()([a, b])


@mistake("Functional API", "`Add` of other shapes", r"4.*5|\(", "shape|broadcast")
def add(keras):
    keras.layers.Add()([keras.Input((4,)), keras.Input((5,))])


@mistake("Functional API", "an input that was left out", "second|graph", "input")
def disconnected(keras):
    a, b = keras.Input((4,), name="first"), keras.Input((4,), name="second")
    keras.Model(a, keras.layers.Add()([a, b]))


@mistake("Functional API", "a layer as output", "Dense|layer", "call|tensor|output")
def layer_as_output(keras):
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Dense(1))


@mistake("Functional API", "a layer called on a layer", "Dense|layer", "call|tensor")
def layer_on_layer(keras):
    keras.layers.Dense(1)(keras.layers.Dense(4))


@mistake("Functional API", "two layers of one name", "twice|unique|used", "name")
def same_names(keras):
    inputs = keras.Input((4,))
    x = keras.layers.Dense(4, name="hidden")(inputs)
    keras.Model(inputs, keras.layers.Dense(4, name="hidden")(x))


@mistake("Functional API", "`get_layer` of an unknown name", "hiden", "hidden")
def unknown_layer_name(keras):
    classifier(keras).get_layer("hiden")


# --- Subclasses ---


@mistake("Subclasses", "`Model` without `super().__init__()`", "__init__", r"super\(\)")
def model_without_super(keras):
    class Net(keras.Model):
        def __init__(self):
            self.out = keras.layers.Dense(1)

        def call(self, inputs):
            return self.out(inputs)

    model = Net()
    model.compile("sgd", "mse")


@mistake("Subclasses", "`Layer` without `super().__init__()`", "__init__", r"super\(\)")
def layer_without_super(keras):
    class Scale(keras.layers.Layer):
        def __init__(self):
            self.scale = 2.0

        def call(self, inputs):
            return inputs * self.scale

    Scale()(X)


@mistake("Subclasses", "`call` without `return`", "call|None", "return")
def call_without_return(keras):
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.out = keras.layers.Dense(1)

        def call(self, inputs):
            self.out(inputs)

    model = Net()
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)


@mistake("Subclasses", "`Layer.call` without `return`", "call|None", "return")
def layer_without_return(keras):
    class Scale(keras.layers.Layer):
        def call(self, inputs):
            inputs * 2.0

    keras.Sequential([Scale(input_shape=(8,)), keras.layers.Dense(1)])


@mistake("Subclasses", "a model without `call`", "call", "call")
def no_call(keras):
    class Net(keras.Model):
        pass

    Net()(X)


@mistake("Subclasses", "NumPy in `call`", "numpy", "tf.|tensorflow")
def numpy_in_call(keras):
    class Square(keras.layers.Layer):
        def call(self, inputs):
            return np.square(inputs)

    compiled(keras, Square(name="square"), keras.layers.Dense(1)).fit(X, Y, verbose=0)


@mistake(
    "Subclasses", "`summary` of a model that is not built", "built", r"build\(|call|input_shape"
)
def summary_of_unbuilt(keras):
    keras.Sequential([keras.layers.Dense(1)]).summary()


@mistake(
    "Subclasses",
    "`get_weights` of a model that is not built",
    "built|created|no weights",
    r"build\(|call",
)
def weights_of_unbuilt(keras):
    keras.Sequential([keras.layers.Dense(1)]).get_weights()


# --- Files ---


@mistake("Files", "a file that does not exist", "no_such", "exist|no file|no such")
def no_file(keras):
    keras.models.load_model("no_such_model.h5")


@mistake("Files", "a custom layer without `custom_objects`", "Doubled", "custom_objects")
def no_custom_objects(keras):
    class Doubled(keras.layers.Layer):
        def call(self, inputs):
            return inputs * 2.0

        def get_config(self):
            return super().get_config()

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.h5")
        compiled(keras, keras.layers.Dense(1, input_shape=(8,)), Doubled()).save(path)
        keras.models.load_model(path)


@mistake("Files", "weights of another model", r"hidden|\(8, 4\)", r"\(8, 5\)|same|architecture")
def other_weights(keras):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.h5")
        classifier(keras).save_weights(path)
        other = keras.Sequential(
            [keras.layers.Dense(5, input_shape=(8,)), keras.layers.Dense(3)],
        )
        other.load_weights(path)


@mistake("Files", "`load_model` of a weights file", "weights|config", "load_weights")
def weights_as_model(keras):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.h5")
        classifier(keras).save_weights(path)
        keras.models.load_model(path)


@mistake("Files", "`set_weights` with too few arrays", "4.*1|1.*4", "weight|array")
def set_weights(keras):
    classifier(keras).set_weights([np.zeros((8, 4))])


@mistake("Files", "`save` of a model that is not built", "built|input", r"build\(|call|fit")
def save_unbuilt(keras):
    with tempfile.TemporaryDirectory() as folder:
        keras.Sequential([keras.layers.Dense(1)]).save(os.path.join(folder, "model.h5"))


@mistake("Files", "a misspelt activation in a JSON file", "rleu", "relu|elu")
def activation_in_json(keras):
    config = json.loads(classifier(keras).to_json())
    config["config"]["layers"][1]["config"]["activation"] = "rleu"
    keras.models.model_from_json(json.dumps(config))


# --- Callbacks ---


@mistake("Callbacks", "the class of a callback", "EarlyStopping|class", r"EarlyStopping\(|instance")
def callback_class(keras):
    classifier(keras).fit(X, Y, callbacks=[keras.callbacks.EarlyStopping], verbose=0)


@mistake("Callbacks", "a function as callback", "function|lambda", "LambdaCallback|Callback")
def function_as_callback(keras):
    classifier(keras).fit(X, Y, callbacks=[lambda epoch, logs: None], verbose=0)


@mistake("Callbacks", "`monitor` of validation data that is not there", "val_loss", "validation")
def monitor_without_validation(keras):
    classifier(keras).fit(X, Y, callbacks=[keras.callbacks.EarlyStopping()], verbose=0)


@mistake("Callbacks", "`monitor` of a misspelt metric", "acuracy", "accuracy")
def misspelt_monitor(keras):
    callback = keras.callbacks.EarlyStopping(monitor="acuracy")
    classifier(keras, metrics=["accuracy"]).fit(X, Y, callbacks=[callback], verbose=0)


@mistake(
    "Callbacks", "a file name with a metric that is not there", "val_acc", "available|has|loss"
)
def metric_in_file_name(keras):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "{epoch}-{val_acc:.2f}.h5")
        classifier(keras).fit(X, Y, callbacks=[keras.callbacks.ModelCheckpoint(path)], verbose=0)


@mistake("Callbacks", "`ReduceLROnPlateau(factor=2)`", "2|factor", "1")
def factor(keras):
    keras.callbacks.ReduceLROnPlateau(factor=2.0)
