"""Random models through every format: all variables, `evaluate` and the next step stay the same,
and a file of another model is never read in part without a word.
"""

import dataclasses
import pickle
import warnings

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.conformance.random_models import describe

WHOLE = (".keras", ".h5", "", "pickle")  # formats of a model with its optimizer
WEIGHTS = (".weights.h5", ".h5 weights", "checkpoint", "json")
PART = 6


def weights_path(folder, form):
    return str(
        folder / {"checkpoint": "checkpoint", ".h5 weights": "w.h5"}.get(form, "w.weights.h5")
    )


def through(form, model, description, folder):
    """The model after it was saved and loaded."""
    if form == "pickle":
        return pickle.loads(pickle.dumps(model))
    if form in WHOLE:
        path = str(folder / f"model{form}")
        model.save(path)
        return tfk.models.load_model(path)
    path = weights_path(folder, form)
    model.save_weights(path)
    if form == "json" and description.form != "subclassed":
        other = tfk.models.model_from_json(model.to_json())
        description.compile(other)
    else:
        other = description.build()
    other.load_weights(path)
    return other


def step(model, x, y):
    """Results of a step with fixed random numbers."""
    tf.random.set_seed(3)
    tfk.utils.set_random_seed(3)
    return model.train_on_batch(x, y)


def values(variables):
    return [np.asarray(variable) for variable in variables]


def assert_same(found, expected, what, **tolerances):
    assert len(found) == len(expected), what
    tolerances = tolerances or {"rtol": 0, "atol": 0}
    for number, (one, other) in enumerate(zip(found, expected)):
        np.testing.assert_allclose(one, other, err_msg=f"{what} {number}", **tolerances)


def check(seed, form, folder):
    description = describe(seed)
    if form == ".h5" and description.form == "subclassed":
        return  # .h5 holds no models of Python code
    model = description.build()
    x, y = description.data
    step(model, x, y)
    state = form in WHOLE or form in ("checkpoint", ".weights.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        loaded = through(form, model, description, folder)
    title = f"seed {seed}, {form!r}, {description}:"
    assert_same(values(loaded.weights), values(model.weights), f"{title} weight")
    np.testing.assert_allclose(
        loaded.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), rtol=1e-6, err_msg=title
    )
    if state:
        assert_same(
            values(loaded.optimizer.variables), values(model.optimizer.variables), f"{title} state"
        )
    if state and "dropout" not in str(description.kinds):
        step(model, x, y), step(loaded, x, y)
        assert_same(
            values(loaded.weights),
            values(model.weights),
            f"{title} trained weight",
            rtol=1e-5,
            atol=1e-7,
        )


def check_is_reported(seed, form, folder):
    """Loads weights into the model without its last layer, and the other way round."""
    larger = describe(seed)
    smaller = dataclasses.replace(larger, kinds=larger.kinds[:-1], shared=None, frozen=None)
    models = larger.build(), smaller.build()
    if len(models[0].weights) == len(models[1].weights):
        return
    # TensorFlow logs what a checkpoint holds beyond the model when the model is deleted.
    pairs = [models[::-1]] if form == "checkpoint" else [models, models[::-1]]
    for source, target in pairs:
        path = weights_path(folder, form)
        source.save_weights(path)
        assert reports(target, path), f"seed {seed}, {form!r}, {larger}"


def reports(model, path):
    """Whether loading says that something does not fit, by an error or a warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model.load_weights(path)
        except ValueError:
            return True
    return bool(caught)


@pytest.mark.parametrize("form", WHOLE + WEIGHTS)
def test_random_models(form, tmp_path):
    for seed in range(PART):
        folder = tmp_path / str(seed)
        folder.mkdir()
        check(seed, form, folder)


@pytest.mark.parametrize("form", WEIGHTS[:-1])
def test_weights_of_another_model_are_reported(form, tmp_path):
    for seed in range(8):
        check_is_reported(seed, form, tmp_path)


@pytest.mark.conformance
@pytest.mark.parametrize("first", range(1000, 4000, 100))
def test_many_random_models(first, tmp_path):
    forms = WHOLE + WEIGHTS
    for seed in range(first, first + 100):
        folder = tmp_path / str(seed)
        folder.mkdir()
        check(seed, forms[seed % len(forms)], folder)
        if forms[seed % len(forms)] in WEIGHTS[:-1]:
            check_is_reported(seed, forms[seed % len(forms)], folder)
