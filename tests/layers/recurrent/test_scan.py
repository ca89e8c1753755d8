"""The loop behind `backend.rnn` against tf_keras.backend.rnn, and numbers worked by hand."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.layers.recurrent.scan import rnn

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 5, 2)).astype("float32")
MASK = np.array([[1, 1, 0, 1, 0], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]], bool)
WEIGHTS = RNG.normal(size=(2, 2)).astype("float32")


def step(inputs, states):
    h = tf.tanh(inputs + states[0] @ WEIGHTS)
    return h * 2, [h, states[1] + 1]


def first_states():
    return [tf.ones((3, 2)), tf.zeros((3, 1))]


@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("masking", [None, "mask", "zeros", "rank 3", "lengths"])
@pytest.mark.parametrize("all_outputs", [False, True])
def test_equals_keras(unroll, backwards, masking, all_outputs):
    keras_rnn = pytest.importorskip("tf_keras").backend.rnn
    options = {"go_backwards": backwards, "unroll": unroll, "return_all_outputs": all_outputs}
    if unroll and masking == "lengths":
        pytest.skip("Keras ignores lengths when it unrolls")
    if unroll and masking == "zeros":
        pytest.skip("when it unrolls, Keras zeroes the wrong steps going backwards, or fails")
    if masking == "lengths":
        options["input_length"] = tf.constant([5, 2, 3])
    elif masking:
        options["mask"] = MASK[..., None] if masking == "rank 3" else MASK
        options["mask"] = tf.constant(options["mask"])
        options["zero_output_for_mask"] = masking == "zeros"
    expected = keras_rnn(step, tf.constant(X), first_states(), **options)
    for run in (rnn, tf.function(rnn, autograph=False)):
        got = run(step, tf.constant(X), first_states(), **options)
        for a, b in zip(tf.nest.flatten(got), tf.nest.flatten(expected)):
            np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("backwards", [False, True])
def test_unrolled_equals_looped(backwards):
    options = {"mask": tf.constant(MASK), "zero_output_for_mask": True, "go_backwards": backwards}
    looped = rnn(step, tf.constant(X), first_states(), **options)
    unrolled = rnn(step, tf.constant(X), first_states(), unroll=True, **options)
    for a, b in zip(tf.nest.flatten(looped), tf.nest.flatten(unrolled)):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize(
    ("first", "state"),
    [
        (tf.ones((3, 2)), lambda x, s: x[:, :1]),  # too narrow
        (tf.ones((3, 2)), lambda x, s: tf.tile(x, (1, 3))),  # too wide
        (tf.ones((1,)), lambda x, s: x + s[0]),  # broadcast to another rank
    ],
)
def test_a_state_of_another_shape_is_an_error_as_in_keras(first, state):
    for run in (rnn, pytest.importorskip("tf_keras").backend.rnn):
        with pytest.raises(ValueError, match="shape|rank"):
            run(lambda x, s: (x, [state(x, s)]), tf.constant(X), [first])
    _, _, states = rnn(lambda x, s: (x, [state(x, s)]), tf.constant(X), [first], unroll=True)
    assert len(states) == 1


def test_states_of_another_number_are_an_error():
    for count in (0, 2):
        with pytest.raises(ValueError, match=f"given 1 state.s. and returned {count}"):
            rnn(lambda x, s, n=count: (x, [x] * n), tf.constant(X), [tf.ones((3, 2))])


def test_by_hand():
    x = tf.reshape(tf.constant([1.0, 2.0, 4.0]), (1, 3, 1))
    last, outputs, states = rnn(lambda i, s: (i * s[0], [s[0] + i]), x, [tf.ones((1, 1))])
    np.testing.assert_array_equal(tf.reshape(outputs, [-1]), [1, 4, 16])
    assert last.numpy().item() == 16 and states[0].numpy().item() == 8


def test_gradients_flow_through_the_loop():
    x, gradients = tf.Variable(X), []
    for unroll in (False, True):
        with tf.GradientTape() as tape:
            _, outputs, _ = tf.function(rnn, autograph=False)(
                step, x, first_states(), unroll=unroll
            )
            total = tf.reduce_sum(outputs**2)
        gradients.append(tape.gradient(total, x))
    np.testing.assert_allclose(*gradients, atol=1e-5)


def test_nested_inputs_outputs_and_constants():
    def nested(inputs, states):
        total = inputs["a"] + inputs["b"][0] + states[1]  # the constant comes behind the states
        return {"sum": total, "state": states[0]}, [states[0] + 1]

    inputs = {"a": tf.constant(X), "b": (tf.constant(X),)}
    last, outputs, _ = rnn(nested, inputs, [tf.zeros((3, 1))], constants=[tf.ones((3, 1))])
    np.testing.assert_allclose(outputs["sum"], 2 * X + 1, atol=1e-6)
    np.testing.assert_array_equal(outputs["state"][0, :, 0], range(5))
    assert float(last["state"][0, 0]) == 4


def test_unknown_sizes():
    @tf.function(input_signature=[tf.TensorSpec((None, None, 2))])
    def run(x):
        return rnn(lambda i, s: (i + s[0], [i + s[0]]), x, [tf.zeros((tf.shape(x)[0], 2))])[1]

    np.testing.assert_allclose(run(X), np.cumsum(X, 1), atol=1e-5)
    np.testing.assert_allclose(run(X[:1, :1]), X[:1, :1], atol=1e-5)


def test_a_step_runs_once_for_each_time():
    count = tf.Variable(0)

    def counting(inputs, states):
        count.assign_add(1)
        return inputs, states

    tf.function(rnn, autograph=False)(counting, tf.constant(X), [])
    assert int(count) == 5


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: rnn(step, tf.ones((3, 2)), first_states()), r"at least 3 dimensions.*\(3, 2\)"),
        (lambda: rnn(step, tf.ones((3, 0, 2)), first_states()), "no time steps"),
        (
            lambda: rnn(lambda i, s: (i, []), tf.constant(X), first_states()),
            "given 2 state.*returned 0",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_unrolling_needs_the_number_of_steps():
    run = tf.function(lambda x: rnn(step, x, first_states(), unroll=True), autograph=False)
    with pytest.raises(ValueError, match="unroll=True needs a known number"):
        run.get_concrete_function(tf.TensorSpec((3, None, 2)))
