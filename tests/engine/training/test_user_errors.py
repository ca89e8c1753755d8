"""Errors inside graphs name the layer and the user's line."""

import traceback

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.engine.training.user_errors import graph_message

layers = tfk.layers


class Checked(layers.Layer):
    def call(self, inputs):
        tf.debugging.assert_less(inputs, 0.5, message="too big")
        return inputs


def compiled(*parts):
    model = tfk.Sequential(parts)
    model.compile("sgd", "mse")
    return model


def test_an_operation_that_fails_names_its_layer():
    model = compiled(
        layers.Embedding(10, 4, input_length=3, name="words"), layers.Flatten(), layers.Dense(1)
    )
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        model.predict(np.full((4, 3), 50), verbose=0)
    text = str(caught.value)
    assert text.startswith('Embedding "words": indices[0,0] = 50 is not in [0, 10).')
    assert "Graph execution error" not in text and len(text.splitlines()) == 1


@pytest.mark.parametrize("run", ["fit", "evaluate", "predict", "train_on_batch"])
def test_an_assertion_of_a_custom_layer_names_layer_and_line(run):
    model = compiled(Checked(name="checker"), layers.Dense(1))
    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    arguments = (x,) if run == "predict" else (x, y)
    quiet = {} if run == "train_on_batch" else {"verbose": 0}
    with pytest.raises(tf.errors.InvalidArgumentError, match="too big") as caught:
        getattr(model, run)(*arguments, **quiet)
    text = str(caught.value)
    assert text.startswith('Checked "checker": assertion failed: [too big]')
    assert f'Your code: File "{__file__}", line' in text and text.endswith("in call")


def test_the_traceback_of_fit_is_short():
    model = compiled(layers.Dense(1, input_shape=(8,)))
    with pytest.raises(ValueError, match=r"expected shape \(None, 8\).*\(None, 5\)") as caught:
        model.fit(np.ones((4, 5)), np.ones((4, 1)), verbose=0)
    shown = "".join(traceback.format_exception(caught.value))
    assert len(shown.splitlines()) <= 6 and shown.count('File "') == 1


def test_numpy_inside_a_graph_gets_a_hint():
    model = compiled(layers.Dense(1, input_shape=(2,)))
    model.compile("sgd", lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2))
    with pytest.raises(NotImplementedError) as caught:
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    notes = getattr(caught.value, "__notes__", ["tf.reduce_mean for np.mean"])
    assert any("tf.reduce_mean for np.mean" in note for note in notes)


def test_errors_of_another_kind_are_left_alone():
    assert graph_message(compiled(layers.Dense(1)), "Out of memory") is None


def test_an_optimizer_class_is_answered_with_how_to_make_an_object():
    model = tfk.Sequential([layers.Dense(1)])
    with pytest.raises(ValueError, match=r"got the class Adam .* Pass optimizer=Adam\(\)\."):
        model.compile(tfk.optimizers.Adam, "mse")


class Unbuilt(tfk.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(1, name="out")

    def call(self, inputs):
        return self.out(inputs)


class WithoutSuper(tfk.Model):
    def __init__(self):
        self.out = layers.Dense(1)


def test_weights_of_an_unbuilt_model_are_warned_about(tmp_path):
    with pytest.warns(UserWarning, match='Dense "out" has no weights yet, so get_weights()'):
        assert Unbuilt().get_weights() == []
    with pytest.warns(UserWarning, match="so the file leaves them out"):
        Unbuilt().save(tmp_path / "model.keras")


@pytest.mark.parametrize("method", ["compile", "summary", "get_weights", "save", "predict"])
def test_a_model_without_super_init_says_so(method, tmp_path):
    arguments = {"save": (tmp_path / "model.keras",), "predict": (np.ones((2, 2)),)}
    with pytest.raises(RuntimeError, match=r"WithoutSuper: super\(\).__init__\(\) was not called"):
        getattr(WithoutSuper(), method)(*arguments.get(method, ()))


def test_a_model_that_returns_nothing_only_adds_losses():
    class Penalty(tfk.Model):
        def call(self, inputs):
            self.add_loss(tf.reduce_sum(inputs))

    model = Penalty()
    model.compile("sgd")
    assert model.evaluate(np.ones((2, 2), "float32"), verbose=0) == 4.0
    with pytest.raises(ValueError, match=r"call\(\) returned None"):
        model.predict(np.ones((2, 2)), verbose=0)
