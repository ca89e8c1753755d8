"""Losses used as metrics and metrics used as losses: equal names of different functions."""

import numpy as np
import pytest

import tfk

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 4)).astype("float32")
Y = np.eye(3, dtype="float32")[RNG.integers(0, 3, 6)]
SETTINGS = {
    "loss functions as metrics": lambda k: {
        "loss": "mse",
        "metrics": [k.losses.cosine_similarity, k.losses.huber, k.losses.mean_absolute_error],
        "weighted_metrics": [k.losses.cosine_similarity],
    },
    "names and classes of metrics": lambda k: {
        "loss": k.losses.cosine_similarity,
        "metrics": ["cosine_similarity", k.metrics.CosineSimilarity(name="object")],
    },
    "loss objects as metrics": lambda k: {
        "loss": k.losses.CosineSimilarity(),
        "metrics": [k.losses.CosineSimilarity(), k.losses.Huber(name="loss_of_huber")],
    },
    "wrapped losses as metrics": lambda k: {
        "loss": "mse",
        "metrics": [
            k.metrics.MeanMetricWrapper(k.losses.huber, name="wrapped"),
            k.metrics.MeanMetricWrapper(k.losses.cosine_similarity, name="rows", axis=0),
        ],
    },
    "metric function as loss": lambda k: {"loss": k.metrics.categorical_accuracy},
}


def compiled(k, settings):
    model = k.Sequential([k.Input((4,)), k.layers.Dense(3, "softmax")])
    model.set_weights([np.linspace(-1, 1, 12).reshape(4, 3), np.zeros(3)])
    model.compile("sgd", **SETTINGS[settings](k), run_eagerly=True)
    return model


def scores(model):
    model.run_eagerly = True
    return model.evaluate(X, Y, verbose=0, return_dict=True)


@pytest.mark.parametrize("settings", SETTINGS)
def test_results_are_those_before_saving(settings, tmp_path):
    model = compiled(tfk, settings)
    before = scores(model)
    assert before == pytest.approx(scores(compiled(tf_keras, settings)), rel=1e-5)
    for extension in (".keras", ".h5", ""):
        model.save(tmp_path / f"model{extension}")
        assert scores(tfk.models.load_model(tmp_path / f"model{extension}")) == before
