"""The table of import paths."""

import importlib

import pytest

import tfk
from tfk.compat.paths import OLD_PATHS, PUBLISHED, answering_modules, keras_path


@pytest.fixture
def installed():
    tfk.install()
    yield
    tfk.uninstall()


def test_every_path_of_the_table_can_be_imported(installed):
    for path in OLD_PATHS:
        importlib.import_module(f"keras.{path}")
        importlib.import_module(f"keras.src.{path}")
    there = [path for path in PUBLISHED if answering_modules(path)]
    assert len(there) > 40
    for path in there:
        importlib.import_module(f"tensorflow.keras.{path}")


def test_every_module_that_answers_exists():
    for path, modules in OLD_PATHS.items():
        assert len(answering_modules(path)) >= len(modules), path


@pytest.mark.parametrize(
    "fullname, path",
    [
        ("keras", ""),
        ("keras.src.engine.base_layer", "engine.base_layer"),
        ("tf_keras.api._v2.keras.layers", "layers"),
        ("tensorflow.compat.v2.losses", "losses"),
        ("tensorflow.compat.v1.nn.rnn_cell", "__internal__.legacy.rnn_cell"),
        ("keras_tuner", None),
        ("tensorflow.nn", None),
        ("tensorflow.compat.v1.losses", None),
    ],
)
def test_path_within_keras(fullname, path):
    assert keras_path(fullname) == path
