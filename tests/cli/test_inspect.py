"""`tfk inspect`: what a file holds, and when a loader should reject it."""

import hashlib
import json
import zipfile

import h5py
import numpy as np
import pytest

import tfk


def report_of(tfk_command, path):
    code, out, err = tfk_command("inspect", path, "--json")
    assert err == ""
    return code, json.loads(out)


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_sound_files(tfk_command, files, name):
    code, report = report_of(tfk_command, files / name)
    content = (files / name).read_bytes()
    assert code == 0 and report["problems"] == [] and report["lambdas"] == []
    assert report["size"] == len(content)
    assert report["sha256"] == hashlib.sha256(content).hexdigest()
    assert report["version"].startswith("2.") and report["model"] == ["Sequential", "sequential"]
    assert report["layers"]["Dense"] == 2 and report["custom"] == []
    assert report["training"]["optimizer"].lower() == "adam"
    assert report["training"]["loss"] == "sparse_categorical_crossentropy"
    # 26 weights, twice as many slots of Adam, and a few single numbers
    assert 26 * 3 <= report["elements"] <= 26 * 3 + 6


def test_text_output(tfk_command, files):
    code, out, _ = tfk_command("inspect", files / "model.keras")
    assert code == 0
    assert "format:        .keras archive\n" in out and "optimizer:     adam\n" in out
    assert out.endswith("verdict:       no problem found\n")


def test_architecture_in_json(tfk_command, files):
    code, report = report_of(tfk_command, files / "model.json")
    assert code == 0 and report["kind"] == "JSON architecture" and report["layers"]["Dense"] == 2


def test_custom_objects_are_named(tfk_command, tmp_path):
    class Mine(tfk.layers.Layer):
        pass

    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,)), Mine()])
    model.save(tmp_path / "custom.keras")
    code, report = report_of(tfk_command, tmp_path / "custom.keras")
    assert code == 0 and report["custom"] == ["Mine"]
    assert "custom_objects for Mine" in tfk_command("inspect", tmp_path / "custom.keras")[1]


@pytest.mark.filterwarnings("ignore:A lambda is being serialized")
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_python_code_is_reported(tfk_command, tmp_path, ending):
    model = tfk.Sequential([tfk.layers.Lambda(lambda x: x + 1, input_shape=(2,), name="plus")])
    path = tmp_path / f"lambda.{ending}"
    model.save(path)
    code, report = report_of(tfk_command, path)
    assert code == 1 and len(report["lambdas"]) == 1
    assert "Python code (a lambda)" in report["problems"][0]


def rewritten(source, target, change):
    """Copy an archive with a changed config."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            new.writestr(name, data)
    return target


def test_files_that_a_config_names_are_reported(tfk_command, files, tmp_path):
    def add(config):
        config["config"]["layers"].append(
            {
                "module": "keras.layers",
                "class_name": "StringLookup",
                "config": {"name": "words", "vocabulary": "/etc/passwd"},
                "registered_name": None,
            }
        )

    path = rewritten(files / "model.keras", tmp_path / "reads.keras", add)
    code, report = report_of(tfk_command, path)
    assert code == 1 and "names the file '/etc/passwd'" in report["problems"][0]


def test_links_in_hdf5_are_reported(tfk_command, tmp_path):
    with h5py.File(tmp_path / "links.h5", "w") as file:
        file["data"] = np.zeros(3)
        file["other"] = h5py.ExternalLink("/etc/passwd", "/")
    code, report = report_of(tfk_command, tmp_path / "links.h5")
    assert code == 1 and "links are not followed" in report["problems"][0]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x89HDF\r\n\x1a\n damaged"])
def test_damaged_files(tfk_command, tmp_path, content):
    path = tmp_path / "damaged.keras"
    path.write_bytes(content)
    code, report = report_of(tfk_command, path)
    assert code == 1 and report["problems"]


def test_control_characters_do_not_reach_the_terminal(tfk_command, files, tmp_path):
    path = rewritten(
        files / "model.keras",
        tmp_path / "escape.keras",
        lambda config: config["config"].update(name="\x1b[31mred"),
    )
    out = tfk_command("inspect", path)[1]
    assert "\x1b" not in out and "?[31mred" in out


def test_hdf5_files_of_other_programs_are_rejected(tfk_command, tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x_train"] = np.ones(3)
    code, report = report_of(tfk_command, tmp_path / "data.h5")
    assert code == 1 and "not written by Keras" in report["problems"][0]


def test_checkpoints(tfk_command, tmp_path):
    model = tfk.Sequential([tfk.layers.Dense(2, input_shape=(3,))])
    model.save_weights(tmp_path / "weights")
    for path in (tmp_path, tmp_path / "weights"):
        code, report = report_of(tfk_command, path)
        assert code == 0 and "checkpoint" in report["kind"]
        assert report["dtypes"]["float32"] == 4 * (6 + 2)


def test_saved_model_folder_of_keras_2(tfk_command, tmp_path):
    tf_keras = pytest.importorskip("tf_keras")

    class Mine(tf_keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = tf_keras.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    model = Mine()
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((1, 3)), np.ones((1, 2)))
    model.save(tmp_path / "folder")
    code, report = report_of(tfk_command, tmp_path / "folder")
    assert code == 0 and report["kind"] == "SavedModel folder written by Keras 2"
    assert report["model"][0] == "Mine" and report["custom"] == ["Mine"]
    assert report["layers"] == {"Dense": 1} and report["training"]["optimizer"] == "Adam"
    assert report["arrays"] >= 2 + 4 + 1  # weights, slots of Adam, iterations
    (tmp_path / "folder" / "saved_model.pb").write_bytes(b"damage")
    assert report_of(tfk_command, tmp_path / "folder")[0] == 1
