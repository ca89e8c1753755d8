"""`tfk train` with a config of somebody else: it writes below the folder of the run alone."""

import inspect
import os

import numpy as np
import pytest

import tfk
from tfk.callbacks.saved_paths import is_numbered
from tfk.cli.errors import CommandError
from tfk.cli.train_config import (
    _NETWORK,
    _PATHS,
    build_callbacks,
    build_layers,
    build_model,
    load_config,
)


def listing(folder):
    return {file for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    "path",
    [
        "../x.keras",
        "/tmp/x.keras",
        "gs://bucket/x.keras",
        "a/../../x.keras",
        "{loss!r:.>2.0}/{loss!r:.>2.0}/x.keras",  # ".." out of a fill character
        "{epoch:c}{epoch:c}/x.keras",  # ".." in epoch 46
        "{epoch.__doc__[6]}{epoch.__doc__[6]}/x.keras",
        "{loss:{epoch.__doc__}}.keras",
        "{epoch:.>3}.keras",
        "{}.keras",
        "{epoch",
    ],
)
@pytest.mark.parametrize("name, key", [("ModelCheckpoint", "filepath"), ("CSVLogger", "filename")])
def test_no_path_of_a_callback_leaves_the_folder_of_the_run(tmp_path, name, key, path):
    before = listing(tmp_path)
    with pytest.raises(CommandError, match="leaves the folder|no plain number"):
        build_callbacks([{name: {key: path}}], tmp_path / "a" / "run")
    assert listing(tmp_path) == before


def test_numbered_paths_are_written_where_they_belong(tmp_path):
    path = "m-{epoch:02d}-{loss:.3e}-{{a}}.keras"
    callbacks = build_callbacks([{"ModelCheckpoint": {"filepath": path}}], tmp_path / "run")
    model = tfk.Sequential([tfk.layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0, callbacks=callbacks)
    assert os.listdir(tmp_path / "run") == ["m-01-1.000e+00-{a}.keras"]


@pytest.mark.parametrize("spec", ["{epoch}", "{epoch:+05d}", "{a_b:,.2f}", "{a:.0%}", "{{}}", "a"])
def test_formats_of_numbers_pass(spec):
    assert is_numbered(spec)


def test_every_path_of_a_callback_is_known():
    """By name: no parameter of a callback that is a path goes unchecked."""
    for name, cls in vars(tfk.callbacks).items():
        if not inspect.isclass(cls) or name in _NETWORK:
            continue
        parameters = inspect.signature(cls).parameters
        paths = {key for key in parameters if any(w in key for w in ("path", "file", "dir"))}
        assert paths - {"profile_batch"} <= set(_PATHS), name


def test_the_export_of_a_sidecar_evaluator_is_confined(tmp_path):
    spec = {"export_filepath": str(tmp_path / "evil"), "checkpoint_filepath": "c"}
    with pytest.raises(CommandError, match="export_filepath: .* leaves the folder"):
        build_callbacks([{"SidecarEvaluatorModelExport": spec}], tmp_path / "run")


@pytest.mark.parametrize("name", ["../x", "a\x1b[2J", "a b\0"])
def test_layers_have_plain_names(name):
    with pytest.raises(ValueError, match="invalid name"):
        build_layers([{"Dense": {"units": 1, "name": name}}])


@pytest.mark.parametrize(
    "layer",
    [
        {"TFSMLayer": {"filepath": "folder"}},
        {"Lambda": {"function": ["eA==", None, None], "function_type": "lambda"}},
        {"StringLookup": {"vocabulary": "/etc/passwd"}},
        {"TextVectorization": {"vocabulary": "http://127.0.0.1:1/x"}},
    ],
)
def test_layers_run_no_code_and_read_no_file(layer):
    with pytest.raises(ValueError, match="runs the functions|code from the file|vocabulary file"):
        build_layers([layer])


@pytest.mark.parametrize("address", ["gs://bucket/w.h5", "http://127.0.0.1:1/w.h5"])
def test_weights_of_an_application_are_no_address(tmp_path, address):
    section = {"application": "MobileNetV2", "arguments": {"weights": address}}
    with pytest.raises(CommandError, match="is an address"):
        build_model(section, None, tmp_path)


@pytest.mark.parametrize("text", [b"[" * 100_000, b"\xff{", b"", b"{" * 10, b"[]", b"null"])
def test_configs_that_are_no_configs_are_refused(tmp_path, text):
    path = tmp_path / "config.json"
    path.write_bytes(text)
    with pytest.raises(CommandError, match="config.json"):
        load_config(path)
