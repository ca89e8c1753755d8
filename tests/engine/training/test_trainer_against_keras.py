"""The same weights, data and order give the numbers and names of tf_keras."""

import warnings

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.support.compare import assert_same_history
from tfk.engine.training.loss_metrics import CompiledMetrics

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(3)
X = RNG.normal(size=(50, 6)).astype("float32")
Y = RNG.normal(size=(50, 2)).astype("float32")
IDS = RNG.integers(0, 3, 50)
WEIGHTS = RNG.uniform(0.1, 2.0, 50).astype("float32")


def dense(keras, units=2, activation=None, regularized=False):
    keras.backend.clear_session() if keras is tf_keras else tfk.utils.naming.reset_names()
    l2 = keras.regularizers.L2(0.01) if regularized else None
    return keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(5, activation="tanh", kernel_regularizer=l2),
            keras.layers.Dense(units, activation=activation),
        ]
    )


def two_outputs(keras):
    keras.backend.clear_session() if keras is tf_keras else tfk.utils.naming.reset_names()
    x = keras.Input((6,), name="rows")
    hidden = keras.layers.Dense(4, activation="tanh")(x)
    left, right = (
        keras.layers.Dense(2, name="left")(hidden),
        keras.layers.Dense(3, activation="softmax", name="right")(hidden),
    )
    return keras.Model(x, [left, right])


def both(build, compile_arguments, run):
    """Results of `run(model)` for tfk and tf_keras with the same initial weights."""
    ours, theirs = build(tfk), build(tf_keras)
    theirs.set_weights(ours.get_weights())
    results = []
    for keras, model in ((tfk, ours), (tf_keras, theirs)):
        arguments = (
            compile_arguments(keras) if callable(compile_arguments) else dict(compile_arguments)
        )
        model.compile(**arguments)
        results.append(run(model))
    for mine, other in zip(ours.get_weights(), theirs.get_weights()):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=5e-5)
    return results


FITS = {
    "regression": (dense, {"optimizer": "rmsprop", "loss": "mse", "metrics": ["mae"]}, {"y": Y}),
    "classes": (
        lambda keras: dense(keras, 3, "softmax", regularized=True),
        {
            "optimizer": "adam",
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"],
            "weighted_metrics": ["acc"],
        },
        {"y": IDS, "sample_weight": WEIGHTS},
    ),
    "class weights": (
        lambda keras: dense(keras, 3, "softmax"),
        {
            "optimizer": "sgd",
            "loss": "sparse_categorical_crossentropy",
            "weighted_metrics": ["accuracy"],
        },
        {"y": IDS, "class_weight": {0: 1.0, 1: 2.0, 2: 0.5}},
    ),
    "split": (
        dense,
        {"optimizer": "adam", "loss": "mae"},
        {"y": Y, "validation_split": 0.3, "batch_size": 7},
    ),
    "validation data": (
        dense,
        {"optimizer": "adam", "loss": "mse"},
        {"y": Y, "validation_data": (X[:9], Y[:9], WEIGHTS[:9]), "validation_freq": 2, "epochs": 4},
    ),
    "steps": (
        dense,
        {"optimizer": "sgd", "loss": "mse"},
        {"y": Y, "batch_size": 10, "steps_per_epoch": 3, "epochs": 3},
    ),
    "initial epoch": (
        dense,
        {"optimizer": "sgd", "loss": "mse"},
        {"y": Y, "initial_epoch": 2, "epochs": 4},
    ),
    "two outputs": (
        two_outputs,
        {
            "optimizer": "adam",
            "loss": ["mse", "sparse_categorical_crossentropy"],
            "metrics": [["mae"], ["accuracy"]],
            "loss_weights": [1.0, 0.5],
        },
        {"y": [Y, IDS], "validation_data": (X[:8], [Y[:8], IDS[:8]])},
    ),
    "two outputs by name": (
        two_outputs,
        {
            "optimizer": "adam",
            "loss": {"left": "mse", "right": "sparse_categorical_crossentropy"},
            "metrics": {"right": ["accuracy"], "left": "mae"},
            "loss_weights": {"left": 0.3, "right": 2.0},
        },
        {
            "y": {"left": Y, "right": IDS},
            "sample_weight": {"left": WEIGHTS, "right": WEIGHTS[::-1].copy()},
        },
    ),
    "lists of one": (
        dense,
        {"optimizer": "sgd", "loss": ["mse"], "loss_weights": [0.5], "metrics": [["mae"]]},
        {"y": [Y], "sample_weight": [WEIGHTS]},
    ),
    "one loss of two": (
        two_outputs,
        {"optimizer": "sgd", "loss": {"left": "mse", "right": None}},
        {"y": {"left": Y}},
    ),
}


@pytest.mark.parametrize("case", FITS)
@pytest.mark.filterwarnings("ignore:No gradients for the variables ..right/")  # no loss
def test_fit_gives_the_history_of_keras(case):
    build, compile_arguments, fit_arguments = FITS[case]
    fit_arguments = {"epochs": 3, "verbose": 0, "shuffle": False, **fit_arguments}

    def run(model):
        return model.fit(X, **fit_arguments), model.metrics_names

    (ours, our_names), (theirs, their_names) = both(build, compile_arguments, run)
    assert_same_history(ours, theirs)
    assert our_names == their_names


def test_training_ended_before_an_epoch_still_runs_one_batch():
    def run(model):
        keras = tfk if isinstance(model, tfk.Model) else tf_keras

        def end(epoch, logs):
            model.stop_training = epoch == 1

        callbacks = [keras.callbacks.LambdaCallback(on_epoch_begin=end)]
        return model.fit(
            X, Y, epochs=4, verbose=0, shuffle=False, batch_size=8, callbacks=callbacks
        )

    assert_same_history(*both(dense, {"optimizer": "sgd", "loss": "mse"}, run))


def test_a_compute_loss_of_ones_own_reports_what_it_uses():
    def build(keras):
        class Own(keras.Sequential):
            def compute_loss(self, x, y, y_pred, sample_weight):
                return tf.reduce_mean(tf.abs(y - y_pred))

        return Own([keras.Input((6,)), keras.layers.Dense(2)])

    def run(model):
        history = model.fit(X, Y, epochs=2, verbose=0, shuffle=False)
        return history, model.metrics_names, model.evaluate(X, Y, verbose=0)

    arguments = {"optimizer": "sgd", "loss": "mse", "metrics": ["mae"]}
    (ours, *our_results), (theirs, *their_results) = both(build, arguments, run)
    assert_same_history(ours, theirs)
    assert our_results[0] == their_results[0] == ["mae"]
    np.testing.assert_allclose(our_results[1], their_results[1], rtol=1e-5)


def test_evaluate_and_batch_methods():
    def run(model):
        results = [
            model.evaluate(X, [Y, IDS], verbose=0),
            model.train_on_batch(X[:8], [Y[:8], IDS[:8]]),
        ]
        results.append(model.train_on_batch(X[8:16], [Y[8:16], IDS[8:16]], reset_metrics=False))
        results.append(model.test_on_batch(X, [Y, IDS]))
        return (
            results,
            model.test_on_batch(X, [Y, IDS], return_dict=True),
            model.predict_on_batch(X[:4]),
        )

    arguments = {
        "optimizer": "sgd",
        "loss": ["mse", "sparse_categorical_crossentropy"],
        "metrics": ["mae"],
    }
    (ours, our_dict, our_outputs), (theirs, their_dict, their_outputs) = both(
        two_outputs, arguments, run
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    assert list(our_dict) == list(their_dict)
    for mine, other in zip(our_outputs, their_outputs):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)


def test_a_dataset_without_known_length():
    def run(model):
        rows = tf.data.Dataset.from_tensor_slices((X, Y)).filter(lambda x, y: True).batch(8)
        return model.fit(rows, epochs=2, verbose=0, validation_data=rows.take(2))

    assert_same_history(*both(dense, {"optimizer": "adam", "loss": "mse", "metrics": ["mae"]}, run))


def test_a_dataset_that_runs_on_from_epoch_to_epoch():
    def run(model):
        rows = tf.data.Dataset.from_tensor_slices((X, Y, WEIGHTS)).batch(9).repeat()
        return model.fit(rows, epochs=3, steps_per_epoch=4, verbose=0)

    assert_same_history(
        *both(dense, {"optimizer": "adam", "loss": "mse", "weighted_metrics": ["mae"]}, run)
    )


def test_a_generator():
    def batches():
        while True:
            for first in range(0, 40, 10):
                yield X[first : first + 10].astype("float64"), Y[first : first + 10]

    def run(model):
        return model.fit(batches(), steps_per_epoch=6, epochs=2, verbose=0)

    assert_same_history(*both(dense, {"optimizer": "adam", "loss": "mse"}, run))


def test_logs_of_every_batch():
    def recorder(keras):
        class Record(keras.callbacks.Callback):
            def __init__(self):
                super().__init__()
                self.seen = []

            def on_train_batch_begin(self, batch, logs=None):
                self.seen.append(("begin", batch))

            def on_train_batch_end(self, batch, logs=None):
                self.seen.append(("end", batch, round(logs["loss"], 4), round(logs["mae"], 4)))

        return Record()

    def run(model):
        record = recorder(tf_keras if isinstance(model, tf_keras.Model) else tfk)
        model.fit(X, Y, epochs=2, verbose=0, shuffle=False, callbacks=[record], batch_size=16)
        return record.seen

    ours, theirs = both(dense, {"optimizer": "sgd", "loss": "mse", "metrics": ["mae"]}, run)
    assert [event[:2] for event in ours] == [event[:2] for event in theirs]
    np.testing.assert_allclose(
        [e[2:] for e in ours if e[0] == "end"], [e[2:] for e in theirs if e[0] == "end"], atol=2e-4
    )


def test_custom_train_step():
    def build(keras):
        class Own(keras.Model):
            def __init__(self):
                super().__init__()
                self.layer = keras.layers.Dense(2)
                self.tracker = keras.metrics.Mean(name="loss")
                self.build((None, 6))

            @property
            def metrics(self):
                return [self.tracker]

            def call(self, x):
                return self.layer(x)

            def train_step(self, data):
                x, y = data
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(tf.abs(self(x, training=True) - y))
                gradients = tape.gradient(loss, self.trainable_variables)
                self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
                self.tracker.update_state(loss)
                return {"loss": self.tracker.result(), "batch_loss": loss}

        return Own()

    def run(model):
        return model.fit(X, Y, epochs=2, verbose=0, shuffle=False, batch_size=16)

    assert_same_history(*both(build, {"optimizer": "adam"}, run))


def test_predict_joins_batches():
    ours, theirs = both(
        two_outputs, {"optimizer": "sgd"}, lambda model: model.predict(X, batch_size=8, verbose=0)
    )
    for mine, other in zip(ours, theirs):
        assert mine.shape == other.shape and mine.dtype == other.dtype
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)


def test_a_used_up_validation_generator_leaves_the_epoch_without_results():
    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    histories = []
    for keras in (tf_keras, tfk):
        model = keras.Sequential([keras.layers.Dense(1, "relu", True, "ones", input_shape=(3,))])
        model.compile(keras.optimizers.SGD(0.0), "mse")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            history = model.fit(x, y, epochs=2, verbose=0, validation_data=iter([(x, y)]))
        histories.append(history.history)
    assert histories[0] == histories[1] and len(histories[1]["val_loss"]) == 1
    assert "validation_data gave no batch" in "".join(str(warning.message) for warning in caught)


def test_metrics_of_a_custom_step_are_not_converted_by_autograph():
    # The attribute by which AutoGraph recognizes what it leaves alone.
    for method in (CompiledMetrics.update_state, CompiledMetrics.reset_state):
        assert hasattr(method, "autograph_info__")


def steps_of_epochs(keras, lengths):
    class Changing(keras.utils.Sequence):
        def __init__(self):
            self.epoch = 0

        def __len__(self):
            return lengths[min(self.epoch, 2)]

        def __getitem__(self, index):
            return X[index : index + 2], Y[index : index + 2]

        def on_epoch_end(self):
            self.epoch += 1

    model, steps = dense(keras), []
    model.compile("sgd", "mse")
    count = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: steps.append(0),
        on_batch_end=lambda batch, logs: steps.append(steps.pop() + 1),
    )
    model.fit(Changing(), epochs=3, verbose=0, shuffle=False, callbacks=[count])
    return steps


@pytest.mark.parametrize("lengths", [[2, 3, 4], [3, 2, 1], [1, 3, 2]])
def test_a_sequence_may_have_another_length_in_each_epoch(lengths):
    assert steps_of_epochs(tfk, lengths) == steps_of_epochs(tf_keras, lengths) == lengths


def test_predictions_of_unknown_inner_size_are_joined():
    model = tfk.Sequential([tfk.Input((None, 2)), tfk.layers.Conv1D(3, 2, padding="causal")])
    signature = tf.TensorSpec((None, None, 2), tf.float32)
    batches = np.random.default_rng(0).random((3, 2, 5, 2), "float32")
    data = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=signature)
    expected = model(batches.reshape(6, 5, 2))
    np.testing.assert_allclose(model.predict(data, verbose=0), expected, rtol=1e-5)
