"""TensorFlow keeps its private copy of Keras while `install()` is in force."""

import json
import subprocess
import sys

import pytest
import tensorflow as tf

import tfk

# Imports every public module of TensorFlow and touches every attribute, first under install().
TOUCH_ALL = """
import importlib, json, pathlib, sys
import tensorflow as tf
import tfk

def touch():
    failed = []
    root = pathlib.Path(tf.__file__).parent / "_api" / "v2"
    for file in sorted(root.rglob("__init__.py")):
        parts = file.parent.relative_to(root).parts
        if parts.count("compat") > 1:
            continue  # the same names again
        name = ".".join(("tensorflow", *parts))
        try:
            module = importlib.import_module(name)
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__}")
            continue
        for attribute in dir(module):
            try:
                getattr(module, attribute)
            except Exception as error:
                failed.append(f"{name}.{attribute}: {type(error).__name__}")
    return failed

before = set(sys.modules)
tfk.install()
ours = touch()
tfk.uninstall()
for name in set(sys.modules) - before:
    if name.startswith("tensorflow."):
        del sys.modules[name]
print(json.dumps([ours, touch()]))
"""


@pytest.fixture
def installed():
    tfk.install()
    yield
    tfk.uninstall()


def test_every_public_name_of_tensorflow_is_there():
    run = subprocess.run(
        [sys.executable, "-c", TOUCH_ALL], capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr[-2000:]
    ours, without = json.loads(run.stdout.splitlines()[-1])
    assert set(ours) <= set(without)


def test_modules_of_tensorflow_that_import_the_private_copy(installed):
    import tensorflow.compat.v1.train
    from tensorflow.nn import relu
    from tensorflow.python.keras.layers.legacy_rnn.rnn_cell_impl import LSTMCell

    assert float(relu(-1.0)) == 0.0
    assert float(tensorflow.compat.v1.train.polynomial_decay(0.5, 10, 10)()) == pytest.approx(1e-4)
    assert LSTMCell is tf.compat.v1.nn.rnn_cell.LSTMCell
    assert not issubclass(LSTMCell, tfk.layers.Layer)


def test_old_layers_of_tensorflow_1(installed):
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, (None, 3))
        assert tf.compat.v1.layers.dense(x, 4).shape[-1] == 4


def test_others_get_tfk_from_the_same_path(installed):
    from tensorflow.python.keras.engine.base_layer import Layer
    from tensorflow.python.keras.layers import Dense

    assert Dense is tfk.layers.Dense and Layer is tfk.layers.Layer


def test_files_that_tfk_does_not_stand_for_are_tensorflows(installed):
    from tensorflow.python.keras.utils import tf_inspect

    assert tf_inspect.getfullargspec(lambda a, b: None).args == ["a", "b"]
    with pytest.raises(ModuleNotFoundError):
        import tensorflow.python.keras.nonsense  # noqa: F401
