"""SavedModel folders that `model.save` writes, loaded as models."""

import numpy as np
import pytest
import tensorflow as tf

import tfk

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 2, 3)).astype("float32")


def stateful_model(k):
    return k.Sequential(
        [
            k.layers.LSTM(3, stateful=True, batch_input_shape=(4, 2, 3), return_sequences=True),
            k.layers.Bidirectional(k.layers.GRU(2, stateful=True), name="both"),
        ]
    )


@pytest.mark.filterwarnings("ignore:.*lost the batch dimension")
def test_folders_alone_hold_states(tmp_path):
    ours, theirs = stateful_model(tfk), stateful_model(tf_keras)
    theirs.set_weights(ours.get_weights())
    first = ours(X[:4])
    theirs(X[:4])
    for model, name in ((ours, "ours"), (theirs, "theirs")):
        model(X[4:])
        for extension in (".keras", ".h5", ""):
            model.save(tmp_path / f"{name}{extension}")
    after = theirs(X[:4])
    for name in ("ours", "theirs"):
        for extension, expected in ((".keras", first), (".h5", first), ("", after)):
            loaded = tfk.models.load_model(tmp_path / f"{name}{extension}")
            np.testing.assert_allclose(loaded(X[:4]), expected, rtol=1e-4, err_msg=extension)
    ours.save_weights(tmp_path / "checkpoint")
    stored = tf.train.load_checkpoint(tmp_path / "checkpoint").get_variable_to_shape_map()
    assert not any("states" in key for key in stored)


def test_metrics_updated_in_call(tmp_path):
    class Reporting(tfk.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense, self.seen = tfk.layers.Dense(2), tfk.metrics.Mean(name="seen")

        def call(self, inputs):
            outputs = self.dense(inputs)
            self.add_metric(tf.reduce_sum(outputs), name="added")
            self.seen.update_state(outputs)
            return outputs

        def get_config(self):
            return {}

    model = Reporting()
    model.compile("sgd", "mse")
    x, y = X[:, 0], X[:, 1, :2]
    before = model.evaluate(x, y, verbose=0, return_dict=True)
    assert set(before) == {"loss", "seen", "added"}
    model.save(tmp_path / "model")
    loaded = tfk.models.load_model(tmp_path / "model", custom_objects={"Reporting": Reporting})
    assert loaded.evaluate(x, y, verbose=0, return_dict=True) == pytest.approx(before)
    np.testing.assert_allclose(tf.saved_model.load(tmp_path / "model")(x), model(x), rtol=1e-6)


def test_metrics_of_symbolic_tensors(tmp_path):
    x = tfk.Input((3,))
    hidden = tfk.layers.Dense(2, "tanh")(x)
    model = tfk.Model(x, tfk.layers.Dense(2)(hidden))
    model.add_loss(tf.reduce_mean(hidden**2))
    model.add_metric(tf.reduce_mean(hidden), name="hidden")
    model.compile("sgd", "mse")
    data = X[:, 0], X[:, 1, :2]
    before = model.evaluate(*data, verbose=0, return_dict=True)
    model.save(tmp_path / "model")
    loaded = tfk.models.load_model(tmp_path / "model")
    assert loaded.evaluate(*data, verbose=0, return_dict=True) == pytest.approx(before)
