"""DatasetCreator: what it takes and gives, and `fit` with it."""

import pytest
import tensorflow as tf

import tfk
from tfk.utils.experimental import DatasetCreator


def batches(context):
    assert context.num_input_pipelines == 1
    return tf.data.Dataset.from_tensor_slices((tf.ones((6, 2)), tf.ones((6, 1)))).batch(4)


def test_fit_without_a_strategy():
    model = tfk.Sequential([tfk.Input((2,)), tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(
        DatasetCreator(batches), epochs=2, validation_data=DatasetCreator(batches), verbose=0
    )
    assert sorted(history.history) == ["loss", "val_loss"] and int(model.optimizer.iterations) == 4
    assert model.predict(DatasetCreator(batches), verbose=0).shape == (6, 1)
    assert model.evaluate(DatasetCreator(batches), steps=1, verbose=0) >= 0


def test_same_errors_as_keras():
    theirs = pytest.importorskip("tf_keras").utils.experimental.DatasetCreator
    for creator in (DatasetCreator, theirs):
        with pytest.raises(TypeError):
            creator("no function")
        with pytest.raises(TypeError):
            creator(batches, input_options="none")
        with pytest.raises(TypeError):
            creator(lambda context: 3)(None)


def test_options_are_kept():
    options = tf.distribute.InputOptions(experimental_fetch_to_device=False)
    assert DatasetCreator(batches, options).input_options is options
    with pytest.raises(
        TypeError, match="expected dataset_fn to return a tf.data.Dataset, got a int"
    ):
        DatasetCreator(lambda context: 3)(tf.distribute.InputContext())
