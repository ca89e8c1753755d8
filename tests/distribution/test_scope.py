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
        for method in (model.fit, model.evaluate):
            with pytest.raises(
                RuntimeError, match='"net".*MirroredStrategy, but the model was created outside'
            ):
                method(X, X[:, :1], verbose=0)
        with pytest.raises(RuntimeError, match="created outside"):
            model.predict(X, steps=1)


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
        ValueError, match="class_weight cannot be given beside a DistributedDataset"
    ):
        inside.fit(distributed, class_weight={0: 1.0}, verbose=0)
    assert len(inside.fit(distributed, epochs=2, verbose=0).history["loss"]) == 2
    assert inside.predict(distributed, verbose=0).shape == (4, 1)
