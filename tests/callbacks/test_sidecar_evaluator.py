import threading

import numpy as np
import tensorflow as tf

import tfk
from tfk.callbacks import Callback, ModelCheckpoint
from tfk.utils import SidecarEvaluator

X = np.random.RandomState(0).rand(16, 2).astype("float32")
Y = X.sum(1, keepdims=True)


class Results(Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_test_end(self, logs=None):
        self.seen.append((int(self.model.optimizer.iterations), logs["loss"]))


def compiled():
    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    model.compile("adam", "mse")
    return model


def dataset():
    return tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)


def test_evaluates_checkpoints_of_fit(tmp_path):
    model = compiled()
    model.fit(
        X,
        Y,
        epochs=3,
        verbose=0,
        callbacks=[ModelCheckpoint(tmp_path / "ckpt-{epoch}", save_weights_only=True)],
    )
    results = Results()
    SidecarEvaluator(
        compiled(), dataset(), tmp_path, max_evaluations=3, callbacks=[results]
    ).start()
    expected = model.evaluate(X, Y, batch_size=8, verbose=0)
    assert [iterations for iterations, _ in results.seen] == [3]
    np.testing.assert_allclose(results.seen[0][1], expected, rtol=1e-6)


def test_waits_for_checkpoints_of_a_training_loop(tmp_path):
    model, results = compiled(), Results()
    evaluator = SidecarEvaluator(
        compiled(), dataset(), tmp_path, steps=1, max_evaluations=2, callbacks=[results]
    )
    thread = threading.Thread(target=evaluator.start, daemon=True)
    thread.start()
    manager = tf.train.CheckpointManager(
        tf.train.Checkpoint(model=model, optimizer=model.optimizer), tmp_path, max_to_keep=2
    )
    model.fit(X, Y, verbose=0)
    manager.save()
    model.fit(X, Y, verbose=0)
    manager.save()
    thread.join(timeout=60)
    assert not thread.is_alive()
    np.testing.assert_allclose(
        results.seen[-1], (2, model.evaluate(X[:8], Y[:8], verbose=0)), rtol=1e-6
    )


def test_says_what_it_waits_for(tmp_path, capsys):
    assert SidecarEvaluator(None, None, tmp_path)._tell_what_is_missing() is False
    assert "save_weights_only=True" in capsys.readouterr().out
