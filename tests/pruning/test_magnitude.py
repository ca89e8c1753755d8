"""Magnitude pruning: schedules, masks that hold during training, stripping."""

import numpy as np
import pytest

import tfk
from tfk.pruning import ConstantSparsity, MagnitudePruning, PolynomialDecay, sparsity, strip

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(64, 5)).astype("float32")
Y = X[:, :2]


def model_of(optimizer="adam", **kwargs):
    model = tfk.Sequential(
        [tfk.layers.Dense(8, "relu", input_shape=(5,), **kwargs), tfk.layers.Dense(2)]
    )
    model.compile(optimizer, "mse")
    return model


class Zeros(tfk.callbacks.Callback):
    """Notes which weights are zero after each epoch."""

    def on_train_begin(self, logs=None):
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(sparsity(self.model))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_zeros_stay_between_masks(optimizer):
    model, zeros = model_of(optimizer), Zeros()
    pruning = MagnitudePruning(ConstantSparsity(0.5), frequency=1000)  # one mask, at the start
    before = np.abs(model.layers[0].kernel.numpy())
    model.fit(X, Y, batch_size=8, epochs=3, verbose=0, callbacks=[pruning, zeros])
    assert zeros.seen == [0.5] * 3
    kept = model.layers[0].kernel.numpy() != 0
    assert before[kept].min() >= before[~kept].max()
    assert np.any(model.layers[0].bias.numpy() != 0)


def test_sparsity_follows_the_schedule():
    model, zeros = model_of(), Zeros()
    schedule = PolynomialDecay(0.0, 0.75, begin_step=8, end_step=24)
    history = model.fit(
        X,
        Y,
        batch_size=8,
        epochs=4,
        verbose=0,
        callbacks=[MagnitudePruning(schedule, frequency=8), zeros],
    )
    np.testing.assert_allclose(
        zeros.seen, [schedule(8 * epoch) for epoch in (1, 2, 3, 4)], atol=0.02
    )
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_strip_frees_the_weights():
    model = model_of(kernel_constraint="non_neg")
    constraint = model.layers[0].kernel.constraint
    model.fit(X, Y, verbose=0, callbacks=[MagnitudePruning(ConstantSparsity(0.5))])
    assert model.layers[0].kernel.numpy().min() >= 0
    assert strip(model) is model
    assert sparsity(model) >= 0.5
    assert model.layers[0].kernel.constraint is constraint
    model.fit(X, Y, epochs=3, verbose=0)
    assert np.any(model.layers[1].kernel.numpy() != 0) and sparsity(model) < 0.5


def test_goes_on_after_a_restart():
    pruning = MagnitudePruning(ConstantSparsity(0.5, begin_step=5))
    pruning.set_state({"step": 7})
    assert pruning.get_state() == {"step": 7}


def test_layers_may_be_chosen():
    model = model_of()
    model.fit(
        X,
        Y,
        verbose=0,
        callbacks=[MagnitudePruning(ConstantSparsity(0.5), layers=[model.layers[1]])],
    )
    assert np.all(model.layers[0].kernel.numpy() != 0)
    assert np.mean(model.layers[1].kernel.numpy() == 0) == 0.5


@pytest.mark.parametrize(
    "make", [lambda: ConstantSparsity(1.0), lambda: PolynomialDecay(-0.1, 0.5, 0, 9)]
)
def test_shares_are_checked(make):
    with pytest.raises(ValueError, match="from 0 to less than 1"):
        make()


def test_steps_are_checked():
    with pytest.raises(ValueError, match="end_step"):
        PolynomialDecay(0.0, 0.5, begin_step=5, end_step=5)


def test_nothing_to_prune():
    model = tfk.Sequential(
        [tfk.layers.Rescaling(2.0, input_shape=(5,)), tfk.layers.LayerNormalization()]
    )
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="no trainable weights"):
        model.fit(X, X, verbose=0, callbacks=[MagnitudePruning(ConstantSparsity(0.5))])
