"""Which frames users see: their own, without those of tfk and TensorFlow."""

import inspect
import re
import traceback

import pytest
import tensorflow as tf

import tfk
from tfk.utils.tracebacks import SHOW_ALL, hide_internal_frames, is_filtering


def frames_of(error):
    return [frame.filename for frame in traceback.extract_tb(error.__traceback__)]


def internal(filenames):
    return [name for name in filenames if "/tfk/" in name or "/tensorflow/" in name]


@pytest.fixture
def everything_shown(request):
    tf.debugging.disable_traceback_filtering()
    yield
    tf.debugging.enable_traceback_filtering()


def load_nothing():
    with pytest.raises(OSError) as caught:
        tfk.models.load_model("/no/such/model.keras")
    return caught.value


def test_internal_frames_are_hidden():
    names = frames_of(load_nothing())
    assert internal(names) == [] and names[0] == __file__


def test_tensorflows_switch_shows_everything(everything_shown):
    assert not is_filtering()
    assert any(name.endswith("/saving/api.py") for name in frames_of(load_nothing()))


def test_the_environment_variable_shows_everything(monkeypatch):
    monkeypatch.setenv(SHOW_ALL, "1")
    assert any(name.endswith("/saving/api.py") for name in frames_of(load_nothing()))
    monkeypatch.setenv(SHOW_ALL, "0")
    assert is_filtering()


def test_exceptions_keep_their_class_cause_and_the_users_frames():
    class Mine(Exception):
        pass

    def users():
        try:
            tf.reshape(tf.ones(3), (2, 2))  # fails inside TensorFlow
        except tf.errors.InvalidArgumentError as cause:
            raise Mine("why") from cause

    with pytest.raises(Mine, match="why") as caught:
        hide_internal_frames(users)()
    assert isinstance(caught.value.__cause__, tf.errors.InvalidArgumentError)
    assert internal(frames_of(caught.value.__cause__)) == []
    functions = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert functions[-1] == "users"


def test_messages_of_autograph_name_lines_of_users_alone():
    def loss(y_true, y_pred):
        return tf.reduce_mean(y_pred.no_such_attribute)

    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", loss)
    with pytest.raises(AttributeError) as caught:
        model.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)
    assert internal(frames_of(caught.value)) == []
    text = str(caught.value)
    assert "y_pred.no_such_attribute" in text and __file__ in text
    assert "/tfk/" not in text and "/tensorflow/" not in text


def test_classes_of_the_library_hide_their_construction():
    with pytest.raises(ValueError, match="relu") as caught:
        tfk.layers.Conv2D(2, 3, activation="rleu")
    assert internal(frames_of(caught.value)) == []
    names = inspect.getfullargspec(tfk.layers.Conv2D.__init__).args
    assert names[:4] == ["self", "filters", "kernel_size", "strides"]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: tfk.callbacks.EarlyStopping(monitr="loss"), "'monitr'. Did you mean 'monitor'?"),
        (lambda: tfk.metrics.AUC(threshold=1), "'threshold'. Did you mean 'thresholds'?"),
        (lambda: tfk.Sequential().fit(epoch=1), "'epoch'. Did you mean 'epochs'?"),
        (lambda: tfk.optimizers.Adam(learning_rat=1), "learning_rat. Did you mean 'learning_rate'"),
        (lambda: tfk.layers.LSTM(3, return_sequence=True), "Did you mean return_sequences?"),
    ],
)
def test_misspelled_arguments_get_a_suggestion(call, expected):
    with pytest.raises(TypeError, match=re.escape(expected)):
        call()
