"""What the losses and metrics of `compile` mean, before a model is saved and after it is loaded."""

import json
import warnings

import h5py
import numpy as np
import pytest

import tfk

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)
X = RNG.random((24, 5)).astype("float32")
LABELS = RNG.integers(0, 2, (24, 3)).astype("float32")
FORMATS = (".keras", ".h5", "")


def one_output(keras):
    model = keras.Sequential([keras.layers.Dense(3, activation="sigmoid", input_shape=(5,))])
    model.set_weights([np.linspace(-1, 1, 15).reshape(5, 3), np.zeros(3)])
    return model


def two_outputs(keras):
    x = keras.Input((5,))
    outputs = [keras.layers.Dense(3, activation="sigmoid", name=name)(x) for name in "ab"]
    model = keras.Model(x, outputs)
    kernel = np.linspace(-1, 1, 15).reshape(5, 3)
    model.set_weights([kernel, np.zeros(3), -kernel, np.ones(3)])
    return model


def saved_and_loaded(model, path, keras=tfk):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras 2 calls .h5 legacy
        model.save(path)
        return keras.models.load_model(path)


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("trained", [False, True])
def test_accuracy_of_several_labels_means_the_same_after_loading(extension, trained, tmp_path):
    ours, theirs = one_output(tfk), one_output(tf_keras)
    for model in (ours, theirs):
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy", "crossentropy"])
    expected = theirs.evaluate(X, LABELS, verbose=0)
    if trained:
        np.testing.assert_allclose(ours.evaluate(X, LABELS, verbose=0), expected, rtol=1e-6)
    loaded = saved_and_loaded(ours, str(tmp_path / f"m{extension}"))
    np.testing.assert_allclose(loaded.evaluate(X, LABELS, verbose=0), expected, rtol=1e-6)


@pytest.mark.parametrize("extension", FORMATS)
def test_metric_objects_of_several_outputs_keep_their_names(extension, tmp_path):
    model = two_outputs(tfk)
    model.compile(
        "sgd",
        "mse",
        metrics={"a": ["accuracy", tfk.metrics.AUC(name="auc")], "b": tfk.metrics.AUC(name="auc")},
        weighted_metrics=[[tfk.metrics.AUC(name="auc")], ["mae"]],
    )
    for _ in range(2):
        expected = model.evaluate(X, [LABELS] * 2, verbose=0, return_dict=True)
        assert {"a_accuracy", "a_auc", "b_auc", "a_weighted_auc", "b_mae"} < set(expected)
        model = saved_and_loaded(model, str(tmp_path / f"m{extension}"))
        assert model.metrics_names == list(expected)
        assert model.evaluate(X, [LABELS] * 2, verbose=0, return_dict=True) == expected


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("evaluated", [False, True])
def test_losses_as_metrics_stay_losses(extension, evaluated, tmp_path):
    for build, targets in ((one_output, LABELS), (two_outputs, [LABELS] * 2)):
        model = build(tfk)
        huber = tfk.losses.Huber(delta=0.3, name="my_huber")
        error = tfk.losses.MeanSquaredError(reduction="sum", name="sum_of_squares")
        model.compile("sgd", "mae", metrics=[huber, "accuracy", tfk.losses.poisson, error])
        expected = model.evaluate(X, targets, verbose=0, return_dict=True)
        if not evaluated:
            model.compile("sgd", "mae", metrics=[huber, "accuracy", tfk.losses.poisson, error])
        loaded = saved_and_loaded(model, str(tmp_path / f"{build.__name__}{extension}"))
        assert loaded.evaluate(X, targets, verbose=0, return_dict=True) == expected


@pytest.mark.parametrize("writer", [tfk, tf_keras])
def test_names_of_metrics_in_files_of_several_outputs(writer, tmp_path):
    model = two_outputs(writer)
    model.compile("sgd", "mse", metrics=["accuracy", "mae"])
    expected = model.evaluate(X, [LABELS] * 2, verbose=0, return_dict=True)
    for reader in (tfk, tf_keras):
        loaded = saved_and_loaded(model, str(tmp_path / "m.h5"), reader)
        found = loaded.evaluate(X, [LABELS] * 2, verbose=0, return_dict=True)
        assert list(found) == list(expected)
        np.testing.assert_allclose(list(found.values()), list(expected.values()), rtol=1e-6)


@pytest.mark.parametrize(
    ("build", "settings"),
    [
        (one_output, lambda k: {"loss": "mse", "metrics": ["accuracy", "mae", "AUC"]}),
        (one_output, lambda k: {"loss": k.losses.Huber(delta=0.5), "weighted_metrics": ["acc"]}),
        (one_output, lambda k: {"loss": k.losses.poisson, "metrics": [k.metrics.poisson]}),
        (two_outputs, lambda k: {"loss": ["mse", "mae"], "metrics": ["accuracy"]}),
        (
            two_outputs,
            lambda k: {
                "loss": {"a": k.losses.MeanSquaredError(), "b": "mae"},
                "metrics": {"a": [k.metrics.AUC(name="auc")], "b": "mae"},
                "loss_weights": {"a": 0.5},
            },
        ),
    ],
)
def test_compile_settings_in_hdf5_files_are_those_of_keras(build, settings, tmp_path):
    written = []
    for keras in (tfk, tf_keras):
        model = build(keras)
        model.compile("sgd", **settings(keras))
        targets = LABELS if build is one_output else [LABELS] * 2
        model.evaluate(X, targets, verbose=0)
        path = str(tmp_path / f"{keras.__name__}.h5")
        saved_and_loaded(model, path, tf_keras)
        with h5py.File(path) as file:
            written.append(json.loads(file.attrs["training_config"]))
        del written[-1]["optimizer_config"]
    assert written[0] == written[1]


def test_a_model_of_keras_goes_there_and_back(tmp_path):
    model = one_output(tf_keras)
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy", "mae"])
    expected = model.evaluate(X, LABELS, verbose=0)
    for first in (".h5", ".keras"):
        for second in (".h5", ".keras"):
            loaded = saved_and_loaded(model, str(tmp_path / f"theirs{first}"))
            back = saved_and_loaded(loaded, str(tmp_path / f"ours{second}"), tf_keras)
            np.testing.assert_allclose(back.evaluate(X, LABELS, verbose=0), expected, rtol=1e-6)
