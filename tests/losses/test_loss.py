"""The base class: reductions, masks, wrapped functions, user losses in graphs, errors."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import losses
from tfk.layers import Dense
from tfk.losses.alignment import align_targets, align_weights, apply_mask
from tfk.losses.reduction import compute_weighted_loss
from tfk.models import Model
from tfk.saving import registry
from tfk.utils.masks import set_mask

VALUES = np.array([[1.0, 2.0], [3.0, 6.0]], "float32")


class Given(losses.Loss):
    """Its values are the outputs."""

    def call(self, y_true, y_pred):
        return y_pred


@pytest.mark.parametrize(
    ("reduction", "weight", "expected"),
    [
        ("auto", None, 3.0),
        ("sum_over_batch_size", None, 3.0),
        ("sum", None, 12.0),
        ("none", None, VALUES),
        ("auto", 2.0, 6.0),
        ("auto", [1.0, 0.0], 0.75),  # divided by the number of values, not of weights
        ("auto", [[1.0], [0.0]], 0.75),
        ("auto", [[1.0, 0.0], [0.0, 1.0]], 1.75),
        ("sum", [1.0, 2.0], 21.0),
        ("none", [1.0, 2.0], VALUES * [[1], [2]]),
    ],
)
def test_reductions_and_weights_by_hand(reduction, weight, expected):
    np.testing.assert_allclose(Given(reduction)(VALUES, VALUES, sample_weight=weight), expected)


def test_no_samples_cost_nothing():
    empty = tf.zeros((0, 2))
    assert float(Given()(empty, empty)) == 0.0
    assert float(compute_weighted_loss(empty, tf.zeros((0,)))) == 0.0


def test_integers_are_averaged_as_numbers_and_given_back_as_integers():
    average = compute_weighted_loss(tf.constant([2, 4, 7]))
    assert average.dtype == tf.int32 and int(average) == 4


def test_half_precision_counts_beyond_65504_values():
    values = tf.ones((300, 300), tf.float16)
    in_graph = tf.function(Given(), input_signature=[tf.TensorSpec([None, 300], tf.float16)] * 2)
    assert float(in_graph(values, values)) == 1.0
    masked = tf.identity(values)
    set_mask(masked, tf.concat([tf.ones((300, 150), tf.bool), tf.zeros((300, 150), tf.bool)], 1))
    assert float(Given()(values, masked)) == 1.0


def test_mask_of_the_output_counts_valid_values_alone():
    output = tf.constant(VALUES)
    set_mask(output, tf.constant([[True, False], [True, False]]))
    assert float(Given()(VALUES, output)) == 2.0
    assert float(Given("sum")(VALUES, output)) == 4.0
    set_mask(output, tf.zeros((2, 2), tf.bool))
    assert float(Given()(VALUES, output)) == 0.0  # not NaN


def test_apply_mask_aligns_weights_with_the_mask():
    mask = tf.constant([[True, False], [True, True]])
    np.testing.assert_array_equal(apply_mask(VALUES, None, mask), [[1, 0], [1, 1]])
    np.testing.assert_array_equal(
        apply_mask(tf.constant(VALUES), [2.0, 3.0], mask), [[2, 0], [3, 3]]
    )
    np.testing.assert_array_equal(apply_mask(tf.constant(VALUES), 2.0, mask), [[2, 0], [2, 2]])
    assert apply_mask(VALUES, "anything", None) == "anything"


def test_align_weights_spreads_one_weight_over_a_whole_image():
    values = tf.ones((2, 3, 5))
    assert align_weights(tf.ones(2), values).shape == (2, 1, 1)
    assert align_weights(tf.ones((2, 3)), values).shape == (2, 3, 1)
    assert align_weights(tf.ones((2, 3, 5, 1)), values).shape == (2, 3, 5)


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(
        ValueError, match=r"sample_weight has shape \(3,\).*values of shape \(2, 2\)"
    ):
        Given()(VALUES, VALUES, sample_weight=[1.0, 2.0, 3.0])


def test_align_targets_drops_a_last_axis_of_size_one():
    for true, pred, expected in (
        ((4, 1), (4,), ((4,), (4,))),
        ((4,), (4, 1), ((4,), (4,))),
        ((4,), (4, 3), ((4,), (4, 3))),
        ((4, 1), (4, 3), ((4, 1), (4, 3))),
        ((4, 5, 1), (4, 5), ((4, 5), (4, 5))),
    ):
        aligned = align_targets(tf.zeros(true), tf.zeros(pred))
        assert tuple(tuple(tensor.shape) for tensor in aligned) == expected


def test_arrays_are_aligned_like_tensors():
    targets, outputs = np.arange(3.0, dtype="float32"), np.ones((3, 1), "float32")
    assert float(losses.MeanSquaredError()(targets, outputs)) == pytest.approx(2 / 3)


def test_wrapped_functions():
    def scaled(y_true, y_pred, factor=1.0):
        return factor * tf.reduce_mean(tf.abs(y_true - y_pred), axis=-1)

    loss = losses.LossFunctionWrapper(scaled, name="scaled", factor=3.0)
    assert float(loss([[1.0, 1.0]], [[2.0, 0.0]])) == 3.0
    with registry.custom_object_scope({"scaled": scaled}):
        again = losses.LossFunctionWrapper.from_config(loss.get_config())
    assert again.fn is scaled and again.get_config() == {
        "reduction": "auto",
        "name": "scaled",
        "fn": "scaled",
        "factor": 3.0,
    }


def test_branches_on_tensors_in_user_code():
    class Branching(losses.Loss):
        def call(self, y_true, y_pred):
            if tf.reduce_sum(y_true) > 0:
                return y_pred
            return -y_pred

    def branching(y_true, y_pred):
        if tf.reduce_sum(y_true) > 0:
            return y_pred
        return -y_pred

    for loss in (Branching(), losses.LossFunctionWrapper(branching)):
        in_graph = tf.function(loss, autograph=False)
        assert float(in_graph(tf.ones((1, 1)), tf.ones((1, 1)))) == 1.0
        assert float(in_graph(-tf.ones((1, 1)), tf.ones((1, 1)))) == -1.0
        assert float(loss(-tf.ones((1, 1)), tf.ones((1, 1)))) == -1.0


def test_inside_a_while_loop():
    loss = losses.SparseCategoricalCrossentropy()
    ids, outputs = tf.constant([0, 1]), tf.constant([[0.5, 0.5], [0.25, 0.75]])

    @tf.function(autograph=False)
    def total(steps):
        def body(step, value):
            return step + 1, value + loss(ids, outputs)

        return tf.while_loop(lambda step, _: step < steps, body, (0, 0.0))[1]

    assert float(total(tf.constant(3))) == pytest.approx(3 * float(loss(ids, outputs)), rel=1e-6)


@pytest.mark.parametrize("reduction", ["mean", None, "SUM"])
def test_unknown_reduction(reduction):
    with pytest.raises(ValueError, match="Expected reduction to be one of 'auto', 'none', 'sum'"):
        losses.MeanSquaredError(reduction=reduction)


def test_call_must_be_implemented():
    with pytest.raises(NotImplementedError, match="Loss must implement call"):
        losses.Loss()([1.0], [1.0])


def test_averages_over_a_replica_are_refused_under_a_strategy():
    loss = losses.MeanSquaredError()
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        with pytest.raises(
            ValueError, match="reduction='auto' would divide by the batch size of one replica"
        ):
            loss([[1.0]], [[2.0]])
        assert float(losses.MeanSquaredError(reduction="sum")([[1.0]], [[3.0]])) == 4.0
        loss._allow_sum_over_batch_size = True
        assert float(loss([[1.0]], [[2.0]])) == 1.0


def test_lookup():
    assert losses.get(None) is None
    assert losses.get("mse") is losses.get("MSE") is losses.mean_squared_error
    assert type(losses.get("BinaryCrossentropy")) is losses.BinaryCrossentropy
    assert losses.get(len) is len
    assert (
        losses.deserialize(losses.serialize(losses.mean_absolute_error))
        is losses.mean_absolute_error
    )
    with pytest.raises(ValueError, match="'mean_square_error'.*Did you mean 'mean_squared_error'"):
        losses.get("mean_square_error")


def test_reduction_names():
    assert set(losses.Reduction.all()) == {"auto", "none", "sum", "sum_over_batch_size"}
    assert losses.Reduction.SUM_OVER_BATCH_SIZE == "sum_over_batch_size"


def test_a_loss_that_gives_one_number_for_the_batch_may_be_weighted():
    loss = losses.LossFunctionWrapper(lambda y_true, y_pred: tf.reduce_mean(y_pred))
    assert float(loss(VALUES, VALUES, sample_weight=[1.0, 2.0, 0.0])) == 3.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: losses.Huber(delta=-1.0), "Huber: expected delta to be at least 0, got -1.0"),
        (
            lambda: losses.BinaryFocalCrossentropy(gamma=-2),
            "BinaryFocalCrossentropy: expected gamma to be at least 0",
        ),
        (
            lambda: losses.CategoricalFocalCrossentropy(gamma=-2),
            "CategoricalFocalCrossentropy: expected gamma",
        ),
    ],
)
def test_settings_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


class Normal:
    """An output that is no tensor: a normal distribution, as probability libraries have it."""

    def __init__(self, mean):
        self.mean = mean
        self.shape, self.dtype = mean.shape, mean.dtype

    def log_prob(self, value):
        return -0.5 * (tf.math.log(2 * np.pi) + tf.math.squared_difference(value, self.mean))


def negative_log_likelihood(y_true, y_pred):
    return -y_pred.log_prob(y_true)


class NegativeLogLikelihood(losses.Loss):
    def call(self, y_true, y_pred):
        return -y_pred.log_prob(y_true)


# -log N(0 | 0, 1) and -log N(0 | 1, 1)
AT_0, AT_1 = 0.9189385, 1.4189385


def test_outputs_that_are_no_tensors():
    outputs, targets = Normal(tf.constant([[0.0], [1.0]])), np.zeros((2, 1), "float32")
    for loss in (
        NegativeLogLikelihood(),
        losses.LossFunctionWrapper(negative_log_likelihood),
        tf.function(NegativeLogLikelihood()),
    ):
        assert float(loss(targets, outputs)) == pytest.approx((AT_0 + AT_1) / 2)
    weighted = NegativeLogLikelihood()(targets, outputs, sample_weight=[1.0, 0.0])
    assert float(weighted) == pytest.approx(AT_0 / 2)


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize("loss", [negative_log_likelihood, NegativeLogLikelihood()])
def test_models_whose_outputs_are_no_tensors_train(loss, eagerly):
    class Network(Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(1)

        def call(self, inputs):
            return Normal(self.dense(inputs))

    model = Network()
    model.compile("sgd", loss, run_eagerly=eagerly)
    x = np.ones((8, 1), "float32")
    first = model.evaluate(x, 3 * x, verbose=0)
    history = model.fit(x, 3 * x, batch_size=4, epochs=20, verbose=0).history["loss"]
    assert history[-1] < first and float(model(x).mean[0, 0]) > 1.0
