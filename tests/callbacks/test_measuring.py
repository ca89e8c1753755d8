"""LearningRateFinder, NormLogger and ProfilerSummary."""

import time

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.callbacks import CSVLogger, LambdaCallback, LearningRateFinder, NormLogger, ProfilerSummary
from tfk.callbacks.profiler_summary import costly_operations, time_shares
from tfk.utils.tensorflow_internals import xplane_pb2

X = np.random.RandomState(0).normal(size=(64, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [3.0]], "float32")


def linear(optimizer="sgd", **settings):
    model = tfk.Sequential(
        [
            tfk.layers.Dense(
                1, use_bias=False, kernel_initializer="zeros", input_shape=(3,), name="line"
            )
        ]
    )
    model.compile(optimizer, "mse", **settings)
    return model


def everything(model):
    return [
        variable.numpy().tolist()
        for variable in (*model.variables, *model.optimizer.variables, model.optimizer.lr)
    ]


def test_finder_tries_rates_and_leaves_the_model_as_it_was():
    model = linear()
    model.optimizer.build(model.trainable_variables)
    before = everything(model)
    finder = LearningRateFinder(1e-4, 100.0, steps=60, smoothing=0.5)
    model.fit(X, Y, batch_size=16, epochs=50, verbose=0, callbacks=[finder])
    assert everything(model) == before
    assert len(finder.learning_rates) == len(finder.losses) < 60  # it diverged before the end
    np.testing.assert_allclose(np.diff(np.log(finder.learning_rates)), np.log(1e6) / 59, rtol=1e-6)
    assert (
        0.005 < finder.suggestion < 1.0
    )  # gradient descent on this quadratic diverges above about 1
    assert finder.losses[0] == pytest.approx(float(np.mean(Y**2)), rel=0.5)


def test_losses_are_those_of_single_batches():
    model = linear()
    finder = LearningRateFinder(1e-9, 1e-8, steps=4)  # too small to change the weights
    model.fit(X, Y, batch_size=16, epochs=1, shuffle=False, verbose=0, callbacks=[finder])
    np.testing.assert_allclose(
        finder.losses, [np.mean(Y[i : i + 16] ** 2) for i in (0, 16, 32, 48)], rtol=1e-5
    )


def test_finder_errors():
    with pytest.raises(ValueError, match="0 < min_lr < max_lr"):
        LearningRateFinder(1.0, 0.1)
    with pytest.raises(RuntimeError, match="never fell"):
        LearningRateFinder().suggestion  # noqa: B018
    finder = LearningRateFinder(steps=100)
    with pytest.warns(UserWarning, match="fit ended after 2 of 100 batches"):
        linear().fit(X, Y, batch_size=32, verbose=0, callbacks=[finder])


def test_finder_plot():
    plt = pytest.importorskip("matplotlib.pyplot")
    figure, axes = plt.subplots()
    finder = LearningRateFinder()
    finder.learning_rates, finder.losses = [1e-3, 1e-2, 1e-1, 1.0], [4, 3, 1, 9]
    finder.smoothed_losses = finder.losses
    assert finder.plot(axes) is axes and axes.get_xscale() == "log"
    plt.close(figure)


def test_norms_worked_by_hand(tmp_path):
    model = linear(tfk.optimizers.SGD(0.0))
    history = model.fit(
        X, Y, batch_size=32, epochs=2, verbose=0, shuffle=False, callbacks=[NormLogger()]
    )
    gradients = [2 * X[i : i + 32].T @ (-Y[i : i + 32]) / 32 for i in (0, 32)]
    expected = np.mean([np.linalg.norm(gradient) for gradient in gradients])
    np.testing.assert_allclose(history.history["gradient_norm"], [expected, expected], rtol=1e-5)
    assert history.history["weight_norm"] == [0.0, 0.0]


def test_norms_by_layer_of_dense_and_sparse_gradients(tmp_path):
    model = tfk.Sequential(
        [
            tfk.layers.Embedding(9, 2, input_length=3, name="words"),
            tfk.layers.Flatten(),
            tfk.layers.Dense(1, name="out"),
        ]
    )
    model.compile("adam", "mse")
    x = np.random.RandomState(0).randint(0, 9, (20, 3))
    callbacks = [NormLogger(by_layer=True), CSVLogger(tmp_path / "log.csv")]
    logs = model.fit(
        x, x[:, :1].astype("float32"), epochs=1, verbose=0, callbacks=callbacks
    ).history
    parts = [logs[f"weight_norm/{name}"][0] for name in ("words", "out")]
    assert np.hypot(*parts) == pytest.approx(logs["weight_norm"][0], rel=1e-6)
    assert logs["gradient_norm"][0] >= logs["gradient_norm/words"][0] > 0
    assert "gradient_norm" in (tmp_path / "log.csv").read_text()


def test_norms_are_gone_from_the_step_afterwards():
    model = linear()
    model.fit(X, Y, verbose=0, callbacks=[NormLogger()])
    assert not model.optimizer._gradient_hooks
    assert set(model.fit(X, Y, verbose=0).history) == {"loss"}
    with pytest.raises(ZeroDivisionError):
        model.fit(
            X, Y, verbose=0, callbacks=[NormLogger(), LambdaCallback(on_epoch_end=lambda *_: 1 / 0)]
        )
    assert not model.optimizer._gradient_hooks


def test_norms_are_unscaled_in_mixed_precision():
    tfk.mixed_precision.set_global_policy("mixed_float16")
    model = tfk.Sequential(
        [tfk.layers.Dense(1, use_bias=False, kernel_initializer="zeros", input_shape=(3,))]
    )
    model.compile(tfk.optimizers.SGD(0.0), "mse")
    history = model.fit(X, Y / 1000, batch_size=64, verbose=0, callbacks=[NormLogger()])
    expected = np.linalg.norm(2 * X.T @ -Y / 1000 / 64)
    np.testing.assert_allclose(history.history["gradient_norm"], [expected], rtol=1e-2)


def test_profile_of_a_slow_pipeline_and_slow_callbacks(capsys):
    def slow(x, y):
        return tf.numpy_function(lambda a: (time.sleep(0.09), a)[1], [x], tf.float32), y

    def shaped(x, y):
        return tf.ensure_shape(x, (None, 3)), y

    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8).map(slow).map(shaped)
    options = tf.data.Options()
    options.experimental_optimization.map_parallelization = False
    dataset = dataset.with_options(options)
    model = linear()
    profile = ProfilerSummary(first=3, last=10)
    nap = LambdaCallback(on_batch_end=lambda batch, logs: time.sleep(0.04))
    model.fit(dataset, epochs=2, verbose=0, callbacks=[profile, nap])
    assert profile.batches == 8
    assert profile.shares["data"] > 0.2 and profile.shares["callbacks"] > 0.2
    assert sum(profile.shares.values()) == pytest.approx(1.0, abs=0.05)
    assert any("MatMul" in kind for kind, _ in profile.operations)
    out = capsys.readouterr().out
    assert "Profile of 8 batches" in out and "waiting for data" in out


def test_profile_of_python_data_counts_waiting():
    def batches():
        while True:
            time.sleep(0.01)
            yield X[:8], Y[:8]

    model = linear()
    profile = ProfilerSummary(first=2, last=9, verbose=0)
    model.fit(batches(), steps_per_epoch=10, verbose=0, callbacks=[profile], workers=0)
    assert profile.shares["data"] > 0.5


def test_profile_asks_for_its_boundaries_alone():
    class Model:
        _train_counter = 0

    profile = ProfilerSummary(first=11, last=20)
    profile.model = Model
    assert profile.batches_until_wake("train") == 10
    Model._train_counter = 10
    assert profile.batches_until_wake("train") == 10
    profile.batches = 10
    assert profile.batches_until_wake("train") is None


def test_short_training_and_bad_bounds_are_told():
    with pytest.warns(UserWarning, match="ended before batch 50"):
        linear().fit(X, Y, verbose=0, callbacks=[ProfilerSummary(first=50, last=60)])
    with pytest.raises(ValueError, match="first <= last"):
        ProfilerSummary(first=5, last=4)


def test_summary_of_a_recording_with_a_device():
    space = xplane_pb2.XSpace()
    host, device = space.planes.add(name="/host:CPU"), space.planes.add(name="/device:GPU:0")
    names = [
        "train",
        "tfk/data",
        "tfk/callbacks",
        "a/b:MatMul",
        "while:While",
        "x::Process",
        "IteratorGetNextOp::DoCompute",
    ]
    for number, (name, milliseconds) in enumerate(zip(names, [60, 10, 20, 1, 50, 9, 5])):
        host.event_metadata[number].name = name
        host.lines.add().events.add(metadata_id=number, duration_ps=milliseconds * 10**9)
    device.stat_metadata[1].name, device.stat_metadata[2].name = (
        "tf_op",
        "model/conv:_MklNativeConv2D",
    )
    event = device.lines.add().events.add(metadata_id=0, duration_ps=10**9)
    event.stats.add(metadata_id=1, ref_value=2)
    shares = time_shares(space, 0.1)
    assert shares == pytest.approx({"data": 0.15, "steps": 0.45, "callbacks": 0.2, "other": 0.2})
    assert costly_operations(space, 3) == [("Conv2D", 1.0)]
    del space.planes[1]
    assert costly_operations(space, 3) == [("MatMul", 1.0)]
