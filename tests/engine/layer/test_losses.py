"""Added losses and metrics of nested, shared, time-distributed and bidirectional layers."""

import numpy as np
import pytest
import tensorflow as tf

import tfk

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(12, 8)).astype("float32")
STEPS = RNG.normal(size=(12, 4, 3)).astype("float32")
Y = RNG.normal(size=(12, 1)).astype("float32")


class Case:
    """The layers of one test, for one of the two libraries."""

    def __init__(self, keras):
        self.keras, self.layers = keras, keras.layers

        class Penalty(keras.layers.Layer):
            def call(self, inputs, training=None):
                self.add_loss(0.1 * tf.reduce_mean(inputs**2))
                if training:
                    self.add_loss(tf.reduce_mean(tf.abs(inputs)))
                self.add_metric(tf.reduce_max(inputs), name=f"{self.name}_max")
                return inputs

        class Wrapper(keras.layers.Layer):
            def __init__(self, inner, times=1, **kwargs):
                super().__init__(**kwargs)
                self.inner, self.times = inner, times

            def call(self, inputs):
                for _ in range(self.times):
                    inputs = self.inner(inputs)
                return inputs

        self.Penalty, self.Wrapper = Penalty, Wrapper

    def dense(self, units, **kwargs):
        return self.layers.Dense(units, **kwargs)

    def l2(self):
        return self.keras.regularizers.L2(0.1)

    def active(self, units):
        return self.dense(units, activity_regularizer=self.l2())

    def model(self, *layers, shape=(8,)):
        x = outputs = self.keras.Input(shape)
        for layer in layers:
            outputs = layer(outputs)
        return self.keras.Model(x, outputs)


def shared(case):
    x = case.keras.Input((8,))
    layer, penalty = case.active(8), case.Penalty(name="p")
    return case.keras.Model(x, case.dense(1)(penalty(layer(penalty(layer(x))))))


def shared_model(case):
    inner = case.model(case.active(8), case.Penalty(name="p"))
    x = case.keras.Input((8,))
    return case.keras.Model(x, case.dense(1)(inner(inner(x))))


def endpoints(case):
    x = case.keras.Input((8,))
    hidden = case.dense(4)(x)
    inner = case.keras.Model(x, hidden)
    inner.add_loss(tf.reduce_mean(hidden**2))
    inner.add_loss(lambda: 0.1 * tf.reduce_sum(inner.weights[0] ** 2))
    inner.add_metric(tf.reduce_mean(hidden), name="hidden", aggregation="mean")
    return case.model(inner, case.dense(1))


def unrolled_cell(case):
    class Cell(case.layers.Layer):
        state_size = 2

        def __init__(self):
            super().__init__()
            self.dense = case.active(2)

        def call(self, inputs, states):
            state = self.dense(inputs) + states[0]
            self.add_loss(0.1 * tf.reduce_mean(state**2))
            return state, [state]

    rnn = case.layers.RNN(Cell(), unroll=True)
    return case.model(rnn, case.dense(1), shape=(4, 3))


def bidirectional(name, **own):
    def build(case):
        inner = {} if own else {"activity_regularizer": case.l2(), "kernel_regularizer": case.l2()}
        outer = {"activity_regularizer": case.l2()} if own else {}
        layer = case.layers.Bidirectional(getattr(case.layers, name)(2, **inner), **outer)
        return case.model(layer, case.dense(1), shape=(4, 3))

    return build


def time_distributed(case):
    layers = case.layers.TimeDistributed(case.active(2)), case.layers.Flatten(), case.dense(1)
    return case.model(*layers, shape=(4, 3))


def constants_from_functions(case):
    model = case.model(case.dense(1))
    for value in (3.0, np.float64(2.0), None):
        model.add_loss(lambda value=value: value)
    return model


CASES = {
    "layer in a layer": lambda case: case.model(case.Wrapper(case.active(4)), case.dense(1)),
    "loss in a layer": lambda case: case.model(
        case.dense(4), case.Wrapper(case.Penalty(name="p")), case.dense(1)
    ),
    "called twice": lambda case: case.model(
        case.Wrapper(case.active(8), 2), case.Wrapper(case.Penalty(name="p"), 2), case.dense(1)
    ),
    "model in a model": lambda case: case.model(
        case.model(case.active(4), case.Penalty(name="p")), case.dense(1)
    ),
    "shared": shared,
    "shared model": shared_model,
    "endpoints of an inner model": endpoints,
    "time-distributed": time_distributed,
    "cell": unrolled_cell,
    "bidirectional LSTM": bidirectional("LSTM"),
    "bidirectional GRU": bidirectional("GRU"),
    "bidirectional, own regularizer": bidirectional("SimpleRNN", own=True),
    "functions": constants_from_functions,
}


@pytest.mark.parametrize("name", CASES)
def test_training_equals_keras(name):
    results, initial = [], None
    for keras in (tfk, tf_keras):
        model = CASES[name](Case(keras))
        initial = initial or [RNG.normal(size=w.shape) * 0.3 for w in model.get_weights()]
        model.set_weights(initial)
        model.compile("sgd", "mse")
        x = STEPS if len(model.input_shape) == 3 else ROWS
        history = model.fit(x, Y, epochs=2, verbose=0, shuffle=False, batch_size=6).history
        scores = model.evaluate(x, Y, verbose=0, batch_size=6, return_dict=True)
        model(x[:4])
        results.append((history, scores, [float(loss) for loss in model.losses]))
    (history, scores, losses), (their_history, their_scores, their_losses) = results
    assert list(scores) == list(their_scores)
    np.testing.assert_allclose(
        [history[key] for key in scores], [their_history[key] for key in scores], rtol=1e-4
    )
    np.testing.assert_allclose(list(scores.values()), list(their_scores.values()), rtol=1e-4)
    np.testing.assert_allclose(sorted(losses), sorted(their_losses), rtol=1e-4)


@pytest.mark.parametrize("value", [3.0, np.float32(3.0), tf.constant(3.0), tf.Variable(3.0)])
@pytest.mark.parametrize("place", ["model", "Sequential", "layer"])
def test_values_outside_of_call_are_refused_as_in_keras(value, place):
    for keras in (tfk, tf_keras):
        layer = keras.layers.Dense(1, input_shape=(8,))
        stack = keras.Sequential([layer])
        owner = {"layer": layer, "Sequential": stack}.get(place)
        owner = owner or keras.Model(stack.inputs, stack.outputs)
        for loss in (value, [value]):
            with pytest.raises(ValueError, match="lambda"):
                owner.add_loss(loss)


def test_values_outside_of_call_are_refused_in_a_training_step():
    class Network(tfk.Model):
        def train_step(self, data):
            self.add_loss(tf.constant(1.0))
            return super().train_step(data)

    x = tfk.Input((8,))
    model = Network(x, tfk.layers.Dense(1)(x))
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="outside of call"):
        model.fit(ROWS, Y, verbose=0)


def test_a_loss_inside_a_loop_says_so():
    class Cell(tfk.layers.Layer):
        state_size = 3

        def call(self, inputs, states):
            self.add_loss(tf.reduce_mean(inputs))
            return inputs, [inputs]

    model = tfk.Sequential([tfk.layers.RNN(Cell(), input_shape=(4, 3)), tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="added inside a loop.*unroll=True"):
        model.fit(STEPS, Y, verbose=0)
