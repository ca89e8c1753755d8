"""What was made outside the scope of a strategy is refused inside, with its name."""

import numpy as np
import pytest
import tensorflow as tf

import tfk

X = np.ones((4, 3), "float32")


@pytest.fixture
def strategy():
    return tf.distribute.MirroredStrategy(["CPU:0"])


def model_of():
    return tfk.Sequential([tfk.Input((3,)), tfk.layers.Dense(1)], name="net")


def test_model(strategy):
    model = model_of()
    with (
        strategy.scope(),
        pytest.raises(ValueError, match='"net".*variable dense/kernel:0 was not created'),
    ):
        model.compile("sgd", "mse")
    model.compile("sgd", "mse")
    with strategy.scope():
        for method in (model.fit, model.train_on_batch):
            with pytest.raises(
                RuntimeError, match='"net".*MirroredStrategy, but the model was created outside'
            ):
                method(X, X[:, :1])


@pytest.mark.parametrize(
    "home",
    [tf.distribute.get_strategy, lambda: tf.distribute.OneDeviceStrategy("CPU:0")],
    ids=["none", "other"],
)
def test_results_in_a_foreign_scope(strategy, home):
    with home().scope():
        model = model_of()
        model.compile("sgd", "mse", metrics=["mae"])
    with strategy.scope():
        predicted = [
            model.predict(X, verbose=0),
            model.predict(X, batch_size=2, verbose=0),
            model.predict(tf.data.Dataset.from_tensor_slices(X).batch(3), verbose=0),
            model.predict_on_batch(X),
        ]
        losses = [model.evaluate(X, X[:, :1], verbose=0), model.test_on_batch(X, X[:, :1])]
        assert tf.distribute.get_strategy() is strategy
    expected = X @ model.get_weights()[0]
    np.testing.assert_allclose(predicted, [expected] * 4, rtol=1e-6)
    errors = expected - 1
    np.testing.assert_allclose(
        losses, [[np.mean(errors**2), np.mean(np.abs(errors))]] * 2, rtol=1e-5
    )
    model.fit(X, X[:, :1], verbose=0)  # the variables of metrics belong to the model's strategy
    assert isinstance(model.evaluate(X, X[:, :1], verbose=0)[0], float)


@pytest.mark.parametrize("kind", ["optimizer", "metric"])
def test_parts(strategy, kind):
    optimizer, metric = tfk.optimizers.SGD(), tfk.metrics.MeanSquaredError(name="square")
    with strategy.scope():
        model = model_of()
        arguments = {"optimizer": "sgd", "loss": "mse", "metrics": ["mae"]}
        arguments.update({"optimizer": optimizer} if kind == "optimizer" else {"metrics": [metric]})
        with pytest.raises(ValueError, match=f"the {kind} '(SGD|square)' was created outside"):
            model.compile(**arguments)
        model.compile(tfk.optimizers.SGD(), "mse", metrics=[tfk.metrics.MeanSquaredError()])
    assert len(model.fit(X, X[:, :1], verbose=0).history["loss"]) == 1


def test_compiling_outside(strategy):
    with strategy.scope():
        model = model_of()
    model.compile("sgd", "mse", metrics=["mae"])  # names: the parts are made where the model is
    assert len(model.fit(X, X[:, :1], verbose=0).history["mae"]) == 1
    with pytest.raises(ValueError, match="the optimizer 'SGD' was created outside"):
        model.compile(tfk.optimizers.SGD(), "mse")


def test_datasets(strategy):
    dataset = tf.data.Dataset.from_tensor_slices((X, X[:, :1])).batch(2)
    distributed = strategy.experimental_distribute_dataset(dataset)
    model = model_of()
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="distributed by a MirroredStrategy, but the model"):
        model.fit(distributed, verbose=0)
    with strategy.scope():
        inside = model_of()
        inside.compile("sgd", "mse")
    with pytest.raises(
        ValueError, match="class_weight must not be passed together with a DistributedDataset"
    ):
        inside.fit(distributed, class_weight={0: 1.0}, verbose=0)
    assert len(inside.fit(distributed, epochs=2, verbose=0).history["loss"]) == 2
    assert inside.predict(distributed, verbose=0).shape == (4, 1)
