import json
import subprocess
import sys

import pytest

from tfk import config


def test_defaults():
    assert (config.floatx(), config.epsilon(), config.image_data_format()) == (
        "float32",
        1e-7,
        "channels_last",
    )


@pytest.mark.parametrize(
    "setter, value",
    [
        (config.set_floatx, "int32"),
        (config.set_floatx, "float8"),
        (config.set_epsilon, 0),
        (config.set_epsilon, float("nan")),
        (config.set_image_data_format, "channels_middle"),
    ],
)
def test_wrong_values_are_refused(setter, value):
    with pytest.raises(ValueError, match=f"{setter.__name__}: expected .*, got {value!r}"):
        setter(value)


def test_set_and_get():
    config.set_floatx("float64")
    config.set_epsilon(1e-4)
    config.set_image_data_format("channels_first")
    assert (config.floatx(), config.epsilon(), config.image_data_format()) == (
        "float64",
        1e-4,
        "channels_first",
    )


SHOW = (
    "import warnings; warnings.simplefilter('ignore'); from tfk import config; "
    + "print(config.floatx(), config.epsilon(), config.image_data_format())"
)


def settings_of_a_process(home):
    command = [sys.executable, "-c", SHOW]
    environment = {
        "KERAS_HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": ":".join(sys.path),
    }
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.split()


def test_settings_file_is_read(tmp_path):
    stored = {
        "floatx": "float16",
        "epsilon": 1e-5,
        "image_data_format": "channels_first",
        "backend": "tensorflow",
    }
    (tmp_path / "keras.json").write_text(json.dumps(stored))
    assert settings_of_a_process(tmp_path) == ["float16", "1e-05", "channels_first"]


@pytest.mark.parametrize("text", ["not json", '{"floatx": "float1"}', "[]"])
def test_a_damaged_settings_file_is_named_in_a_warning(tmp_path, text):
    path = tmp_path / "keras.json"
    path.write_text(text)
    with pytest.warns(UserWarning, match="keras.json is ignored"):
        config._read_settings_file(path)
    assert config.floatx() == "float32"
