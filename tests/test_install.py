"""Keras imports that resolve to tfk."""

import importlib
import os
import sys
import types

import pytest
import tensorflow as tf

import tfk
from tfk.compat.hints import HINTS


@pytest.fixture
def installed():
    tfk.install()
    yield
    tfk.uninstall()


SPELLINGS = """
import keras; found = keras.layers.Dense
import tf_keras; found = tf_keras.layers.Dense
import tf_keras as keras; found = keras.layers.Dense
from keras.layers import Dense as found
from tensorflow import keras; found = keras.layers.Dense
from tensorflow.keras import layers; found = layers.Dense
from tensorflow.keras.layers import Dense as found
import tensorflow.keras as keras; found = keras.layers.Dense
import tensorflow.keras.layers as L; found = L.Dense
import tensorflow as tf; found = tf.keras.layers.Dense
import tensorflow as tf; found = tf.compat.v2.keras.layers.Dense
import tensorflow as tf; found = tf.compat.v1.keras.layers.Dense
import tensorflow.compat.v2 as tf; found = tf.keras.layers.Dense
from tensorflow.compat.v2.keras.layers import Dense as found
from tensorflow.compat.v1.keras.layers import Dense as found
from keras.api.layers import Dense as found
from tf_keras.api._v1.keras.layers import Dense as found
from tf_keras.src.layers.core.dense import Dense as found
from keras.layers.core import Dense as found
from keras.layers import core; found = core.Dense
from tensorflow.python.keras.layers import Dense as found
from tensorflow.python import keras; found = keras.layers.Dense
from tensorflow.python.keras.layers.core import Dense as found
from keras.src.layers import Dense as found
from keras.api._v2.keras.layers import Dense as found
from keras._tf_keras.keras.layers import Dense as found
from keras.layers import *; found = Dense
import importlib; found = importlib.import_module("keras.layers").Dense
""".strip().splitlines()


@pytest.mark.parametrize("line", SPELLINGS)
def test_spellings(installed, line):
    namespace = {}
    exec(line, namespace)
    assert namespace["found"] is tfk.layers.Dense


OLD = """
keras.layers.convolutional MaxPooling2D
keras.layers.recurrent LSTM
keras.layers.embeddings Embedding
keras.layers.normalization BatchNormalization
keras.layers.merge concatenate
keras.layers.advanced_activations LeakyReLU
keras.layers.wrappers TimeDistributed
keras.layers.noise GaussianNoise
keras.layers.local LocallyConnected1D
keras.layers.experimental.preprocessing Rescaling
keras.engine.topology Layer
keras.engine.topology InputSpec
keras.engine.training Model
keras.engine Input
keras.utils.np_utils to_categorical
keras.utils.vis_utils plot_model
keras.utils.vis_utils model_to_dot
keras.utils.generic_utils Progbar
keras.utils.generic_utils get_custom_objects
keras.utils.data_utils Sequence
keras.utils.data_utils get_file
keras.objectives mean_squared_error
keras.experimental CosineDecay
keras.layers.experimental EinsumDense
keras.backend.tensorflow_backend clear_session
keras.constraints maxnorm
keras.optimizers adam
keras.callbacks Callback
keras.callbacks.callbacks EarlyStopping
keras.preprocessing.image ImageDataGenerator
keras.preprocessing.sequence pad_sequences
keras.preprocessing.text Tokenizer
keras.datasets mnist
keras.datasets.mnist load_data
keras.models load_model
keras_preprocessing.image ImageDataGenerator
tensorflow.keras.optimizers.schedules ExponentialDecay
tensorflow.python.keras.optimizer_v2.adam Adam
tensorflow.keras.backend get_value
""".strip().splitlines()


@pytest.mark.parametrize("line", OLD)
def test_paths_of_older_versions(installed, line):
    module, name = line.split()
    namespace = {}
    exec(f"from {module} import {name} as found", namespace)
    if not isinstance(namespace["found"], types.ModuleType):
        assert namespace["found"].__module__.startswith("tfk.")


def test_tensorflow_aliases(installed):
    assert tf.optimizers.Adam is tf.keras.optimizers.Adam is tfk.optimizers.Adam
    assert tf.losses.MeanSquaredError is tfk.losses.MeanSquaredError
    assert tf.metrics.AUC is tfk.metrics.AUC
    assert tf.initializers.GlorotUniform is tfk.initializers.GlorotUniform


def test_version_is_that_of_the_interface(installed):
    import keras

    assert keras.__version__ == tf.keras.__version__ == "2.21.0"
    assert keras.__file__ == tfk.__file__
    assert "tfk" in repr(keras) or keras.__name__ == "keras"


@pytest.mark.parametrize(
    "line, message",
    [
        (
            "from keras.layers import CuDNNLSTM",
            "tfk has no keras.layers.CuDNNLSTM: LSTM uses cuDNN automatically",
        ),
        ("from keras.layers import Dens", "tfk has no keras.layers.Dens. Did you mean Dense?"),
        ("import keras.nothing", "tfk has no keras.nothing"),
        ("from tensorflow.keras import ops", "tfk has no tensorflow.keras.ops: that is Keras 3"),
        ("import keras.engine.graph", "tfk has no keras.engine.graph"),
        ("from keras.utils import worker_pool", "tfk has no keras.utils.worker_pool"),
    ],
)
def test_missing_imports_are_named(installed, line, message):
    with pytest.raises(ImportError) as error:
        exec(line, {})
    assert message in str(error.value)


def test_missing_attributes_are_named(installed):
    with pytest.raises(
        AttributeError, match="tfk has no tensorflow.keras.estimator: train the model"
    ):
        tf.keras.estimator  # noqa: B018
    assert not hasattr(tf.keras.layers, "Nothing")
    assert not hasattr(tf.keras, "engine_")
    assert all(not hasattr(tf.keras, name) for name in HINTS)


def test_parts_of_tfk_that_keras_does_not_publish_stay_inside(installed):
    import keras

    for name in ("cli", "config", "install", "tensorflow_import"):
        assert not isinstance(getattr(keras, name, None), types.ModuleType)
    assert not hasattr(keras.utils, "checks") and not hasattr(keras.layers, "core_")


def test_dir_and_star(installed):
    import keras

    assert {"layers", "Model", "utils", "applications", "datasets"} <= set(dir(keras))
    assert "Dense" in keras.layers.__all__ and "_sources" not in keras.layers.__all__


def test_again_changes_nothing_and_reload_works(installed):
    import keras

    before = dict(sys.modules)
    tfk.install()
    assert sys.modules == before
    assert importlib.reload(keras) is keras


def test_uninstall_puts_everything_back():
    tf_attributes = {
        name: vars(tf).get(name) for name in ("keras", "losses", "metrics", "optimizers")
    }
    modules = {name: module for name, module in sys.modules.items() if "keras" in name}
    finders = list(sys.meta_path)
    tfk.install()
    assert vars(tf)["keras"] is not tf_attributes["keras"]
    importlib.import_module("keras.layers.core")
    tfk.uninstall()
    assert {name: vars(tf).get(name) for name in tf_attributes} == tf_attributes
    assert {name: module for name, module in sys.modules.items() if "keras" in name} == modules
    assert sys.meta_path == finders
    tfk.uninstall()
    assert sys.meta_path == finders


def test_the_environment_says_keras_2(monkeypatch):
    monkeypatch.delenv("TF_USE_LEGACY_KERAS", raising=False)
    tfk.install()
    assert os.environ["TF_USE_LEGACY_KERAS"] == "1"
    tfk.uninstall()
    assert "TF_USE_LEGACY_KERAS" not in os.environ


def test_tensorflow_is_as_before_after_uninstall():
    def attributes():
        owners = (tf, tf.compat, tf.compat.v1, tf.compat.v2, tf.compat.v1.nn)
        return {
            (owner.__name__, n): id(v)
            for owner in owners
            for n, v in vars(owner).items()
            if n[:2] != "__"
        }

    before = attributes()
    tfk.install()
    import tensorflow.compat.v1 as tf1

    assert tf1.keras.layers.Dense is tfk.layers.Dense
    tfk.uninstall()
    assert attributes() == before


def test_other_keras_comes_back():
    tf_keras = pytest.importorskip("tf_keras")
    tfk.install()
    import tf_keras as ours

    tfk.uninstall()
    import tf_keras as theirs

    assert theirs is tf_keras and ours is not tf_keras
    assert (
        issubclass(theirs.layers.Dense, tf.Module) and theirs.layers.Dense is not tfk.layers.Dense
    )


def test_lite_converter_of_models(installed):
    model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])
    content = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    assert tf.lite.Interpreter(model_content=content).get_output_details()[0]["shape"][-1] == 2
