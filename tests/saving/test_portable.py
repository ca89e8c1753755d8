"""Files that every release of Keras 2 since 2.12 reads."""

import json
import zipfile

import h5py
import numpy as np
import pytest

import tfk

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)


def config_in(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def objects(nest):
    """Yields all configs of objects in a nest."""
    if isinstance(nest, dict) and "class_name" in nest:
        yield nest
    for item in nest.values() if isinstance(nest, dict) else nest:
        if isinstance(item, (dict, list)):
            yield from objects(item)


def nested_model():
    x = tfk.Input((4, 3))
    inner = tfk.Model(x, tfk.layers.MultiHeadAttention(2, 3)(x, x))
    y = tfk.Input((4, 3))
    return tfk.Model(y, inner(y))


def test_settings_and_modules_that_not_all_releases_know(tmp_path):
    path = str(tmp_path / "model.keras")
    model = nested_model()
    model.save(path)
    for config in (config_in(path), json.loads(model.to_json())):
        found = list(objects(config))
        assert {"InputLayer", "MultiHeadAttention"} <= {one["class_name"] for one in found}
        for one in found:
            assert not {"optional", "softmax_robust_masking"} & set(one["config"])
            assert one.get("module") in (None, "keras") or one["module"].startswith("keras.")
    for library in (tfk, tf_keras):
        loaded = library.models.load_model(path)
        assert type(loaded.layers[1]).__name__ in ("Functional", "Model")
        data = RNG.normal(size=(2, 4, 3)).astype("float32")
        np.testing.assert_allclose(loaded(data), model(data), rtol=1e-5, atol=1e-6)


def test_young_settings_that_are_in_use_stay(tmp_path):
    path = str(tmp_path / "model.keras")
    x, y = tfk.Input((4,)), tfk.Input((4,), optional=True)
    tfk.Model([x, y], tfk.layers.Add()([x, y])).save(path)
    stated = {one["config"].get("optional") for one in objects(config_in(path)["config"]["layers"])}
    assert stated == {None, True}


OPTIMIZERS = {
    "SGD": {"momentum": 0.9, "nesterov": True},
    "Adam": {},
    "RMSprop": {},
    "Adagrad": {},
    "AdamW": {"weight_decay": 0.01},
    "Nadam": {},
}


@pytest.mark.parametrize("ending", ["h5", "keras"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_decay_of_the_learning_rate(name, ending, tmp_path):
    """Keras 2 refuses `decay` in these classes; it reads a schedule with the same numbers."""
    path = str(tmp_path / f"model.{ending}")
    x, y = RNG.normal(size=(8, 4)), RNG.normal(size=(8, 1))
    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(4,))])
    optimizer = getattr(tfk.optimizers, name)(learning_rate=0.1, decay=0.5, **OPTIMIZERS[name])
    model.compile(optimizer, "mse")
    for _ in range(3):
        model.train_on_batch(x, y)
    model.save(path)
    ours, theirs = (library.models.load_model(path) for library in (tfk, tf_keras))
    assert ours.optimizer.get_config() == optimizer.get_config()
    assert ours.optimizer.decay == 0.5 and type(ours.optimizer) is type(optimizer)
    assert int(theirs.optimizer.iterations) == 3
    for one in (model, ours, theirs):
        one.train_on_batch(x, y)
    for got, want in zip(ours.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(got, want)
    if name != "Nadam":  # a part of its state is in no file of Keras 2
        for got, want in zip(theirs.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-5)


def test_spectral_normalization_is_stored_with_the_kernel(tmp_path):
    """As in Keras 2.13 to 2.15; in tf_keras 2.21 the layer cannot be built."""
    path = str(tmp_path / "model.weights.h5")
    layer = tfk.layers.SpectralNormalization(tfk.layers.Dense(3))
    model = tfk.Sequential([tfk.Input((4,)), layer])
    model.save_weights(path)
    kernel, _, vector = model.get_weights()
    with h5py.File(path) as file:
        stored = file["layers/spectral_normalization/vars"]
        np.testing.assert_array_equal(stored["0"], kernel)
        np.testing.assert_array_equal(stored["1"], vector)
        assert len(stored) == len(file["layers/spectral_normalization/layer/vars"]) == 2
    model.set_weights([np.zeros_like(values) for values in model.get_weights()])
    model.load_weights(path)
    np.testing.assert_array_equal(model.get_weights()[2], vector)
