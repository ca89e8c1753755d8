"""Quantized models: their size, their outputs against the model's, and clear refusals."""

import numpy as np
import pytest

import tfk
from tfk.quantization import LiteModel, compare, quantize

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(200, 32)).astype("float32")
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


@pytest.fixture(scope="module")
def model():
    tfk.utils.set_random_seed(1)
    model = tfk.Sequential(
        [tfk.Input((32,)), tfk.layers.Dense(128, "relu"), tfk.layers.Dense(3, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=20, verbose=0)
    return model


def test_sizes_and_accuracies(model):
    found = compare(model, X, Y, representative_data=X[:100])
    accuracy = model.evaluate(X, Y, verbose=0)[1]
    assert found[None]["value"] == pytest.approx(accuracy) and found[None]["share"] == 1
    assert found[None]["bytes"] > 4 * model.count_params()
    assert (
        found["float16"]["share"] < 0.7
        and found["int8"]["share"] < 0.6
        and found["dynamic"]["share"] < 0.6
    )
    assert all(abs(row["value"] - accuracy) < 0.02 for row in found.values())


def test_files_hold_the_model(model, tmp_path):
    path = tmp_path / "small.tflite"
    small = quantize(model, representative_data=X[:100])
    small.save(path)
    again = LiteModel.load(path)
    assert again.size == path.stat().st_size == small.size
    np.testing.assert_array_equal(again.predict(X, batch_size=7), small.predict(X, batch_size=64))
    np.testing.assert_allclose(again.predict(X), model.predict(X, verbose=0), atol=0.06)


def test_several_inputs_and_outputs():
    a, b = tfk.Input((3,), name="a"), tfk.Input((2,), name="b")
    joined = tfk.layers.Concatenate()([a, b])
    model = tfk.Model([a, b], {"sum": tfk.layers.Dense(1, name="sum")(joined), "same": joined})
    x = {"a": X[:5, :3], "b": X[:5, 3:5]}
    outputs = quantize(model, None).predict(x)
    expected = model.predict(x, verbose=0)
    for name in ("sum", "same"):
        np.testing.assert_allclose(outputs[name], expected[name], atol=1e-5)
    with pytest.raises(ValueError, match=r"expected the inputs \['a', 'b'\], got \['a'\]"):
        quantize(model, None).predict({"a": x["a"]})


def test_refusals(model):
    with pytest.raises(ValueError, match="needs representative_data"):
        quantize(model)
    with pytest.raises(ValueError, match="quantize must be one of"):
        quantize(model, "int4")
    with pytest.raises(ValueError, match="has no weights yet"):
        quantize(tfk.Sequential([tfk.layers.Dense(1)]))
