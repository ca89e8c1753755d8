"""Commands about model files: summary, plot, convert, export; and how they load them."""

import json
import shutil
import zipfile

import numpy as np
import pytest
import tensorflow as tf

import tfk


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.json"])
def test_summary(tfk_command, files, name):
    code, out, _ = tfk_command("summary", files / name, "--flops", "--trainable")
    assert code == 0
    assert (
        "kind (Dense)" in out
        and "Total params: 26" in out
        and "FLOPs" in out
        and "Trainable" in out
    )


def test_plot(tfk_command, files, tmp_path):
    pytest.importorskip("pydot")
    arguments = (
        "--shapes",
        "--dtypes",
        "--activations",
        "--trainable",
        "--expand",
        "--rankdir",
        "LR",
    )
    assert tfk_command("plot", files / "model.keras", "picture.dot", *arguments)[:2] == (
        0,
        "picture.dot\n",
    )
    text = (tmp_path / "picture.dot").read_text()
    assert all(
        part in text for part in ("kind", "(None, 3)", "float32", "softmax", "trainable", "LR")
    )
    tfk_command("plot", files / "model.keras", "plain.dot", "--no-names")
    assert "kind" not in (tmp_path / "plain.dot").read_text()


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_plot_goes_beside_the_model(tfk_command, files, tmp_path):
    pytest.importorskip("pydot")
    shutil.copy(files / "model.keras", tmp_path / "model.keras")
    assert tfk_command("plot", "model.keras") == (0, "model.png\n", "")
    assert (tmp_path / "model.png").stat().st_size > 1000


@pytest.mark.parametrize("target", ["new.keras", "new.h5", "folder"])
def test_convert_keeps_everything(tfk_command, files, tmp_path, target):
    assert tfk_command("convert", files / "model.h5", target)[0] == 0
    model = tfk.models.load_model(tmp_path / target)
    np.testing.assert_allclose(
        model.predict(np.load(files / "x.npy"), verbose=0),
        np.load(files / "predicted.npy"),
        rtol=1e-5,
    )
    if target != "folder":
        assert int(model.optimizer.iterations) == 1


def test_convert_without_compile_settings(tfk_command, files, tmp_path):
    assert tfk_command("convert", files / "model.h5", "bare.keras", "--no-compile")[0] == 0
    assert tfk.models.load_model(tmp_path / "bare.keras").optimizer is None


def test_convert_to_weights_architecture_and_lite(tfk_command, files, tmp_path):
    tfk_command("convert", files / "model.keras", "w.weights.h5")
    model = tfk.models.model_from_json((files / "model.json").read_text())
    model.load_weights(tmp_path / "w.weights.h5")
    np.testing.assert_allclose(
        model.predict(np.load(files / "x.npy"), verbose=0),
        np.load(files / "predicted.npy"),
        rtol=1e-5,
    )
    tfk_command("convert", files / "model.keras", "m.json")
    assert json.loads((tmp_path / "m.json").read_text())["class_name"] == "Sequential"
    tfk_command("convert", files / "model.keras", "m.tflite")
    assert tf.lite.Interpreter(str(tmp_path / "m.tflite")).get_input_details()[0]["shape"][-1] == 3


def test_architecture_and_weights_of_old_courses(tfk_command, files, tmp_path):
    for weights in ("weights.h5", "model.weights.h5"):
        arguments = (
            "convert",
            files / "model.json",
            "both.keras",
            "--weights",
            files / weights,
            "--force",
        )
        assert tfk_command(*arguments)[0] == 0
        model = tfk.models.load_model(tmp_path / "both.keras")
        np.testing.assert_allclose(
            model.predict(np.load(files / "x.npy"), verbose=0),
            np.load(files / "predicted.npy"),
            rtol=1e-5,
        )


def test_convert_does_not_overwrite(tfk_command, files, tmp_path):
    (tmp_path / "there.keras").write_text("mine")
    assert "pass --force" in tfk_command("convert", files / "model.h5", "there.keras")[2]
    assert (tmp_path / "there.keras").read_text() == "mine"
    assert tfk_command("convert", files / "model.h5", "there.keras", "--force")[0] == 0
    assert "unknown extension .pb" in tfk_command("convert", files / "model.h5", "m.pb")[2]


def test_export(tfk_command, files, tmp_path):
    for number in (1, 2):
        out = tfk_command(
            "export",
            files / "model.keras",
            "served",
            "--version",
            "auto",
            "--warmup",
            files / "x.npy",
        )
        assert out[:2] == (0, f"served/{number}\n")
    assert (tmp_path / "served/1/assets.extra/tf_serving_warmup_requests").exists()
    assert tfk_command("export", files / "model.keras", "served", "--version", "2")[0] == 1
    loaded = tf.saved_model.load(str(tmp_path / "served/2")).signatures["serving_default"]
    result = loaded(tf.constant(np.load(files / "x.npy")))["kind"]
    np.testing.assert_allclose(result, np.load(files / "predicted.npy"), rtol=1e-5)


def test_export_to_lite(tfk_command, files, tmp_path):
    arguments = ("--quantize", "int8", "--representative", files / "x.csv")
    assert tfk_command("export", files / "model.keras", "m.tflite", *arguments)[:2] == (
        0,
        "m.tflite\n",
    )
    tf.lite.Interpreter(str(tmp_path / "m.tflite")).allocate_tensors()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("m.tflite", "--version", "1"), "--version does not go with a .tflite file"),
        (("folder", "--quantize", "int8"), "--quantize does not go with a SavedModel folder"),
        (("folder", "--version", "new"), "--version takes a whole number or auto, not new"),
        (("m.tflite", "--quantize", "int8"), "representative_data"),
    ],
)
def test_export_errors(tfk_command, files, arguments, message):
    code, _, err = tfk_command("export", files / "model.keras", *arguments)
    assert code == 1 and message in err


CUSTOM = """
from tensorflow import keras

class Doubled(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs
"""


def test_custom_classes_come_from_a_file_of_the_user(tfk_command, tmp_path):
    namespace = {"__name__": "objects"}
    exec(CUSTOM.replace("from tensorflow import keras", "import tfk as keras"), namespace)
    tfk.Sequential([tfk.Input((2,)), namespace["Doubled"]()]).save(tmp_path / "custom.keras")
    (tmp_path / "objects.py").write_text(CUSTOM)
    code, _, err = tfk_command("summary", "custom.keras")
    assert code == 1 and "'Doubled'" in err and "--objects FILE.py" in err
    code, out, _ = tfk_command("summary", "custom.keras", "--objects", "objects.py")
    assert code == 0 and "doubled (Doubled)" in out
    (tmp_path / "broken.py").write_text("1 / 0")
    assert (
        "broken.py: ZeroDivisionError"
        in tfk_command("summary", "custom.keras", "--objects", "broken.py")[2]
    )


@pytest.mark.filterwarnings("ignore:A lambda is being serialized")
def test_lambdas_need_trust(tfk_command, tmp_path):
    tfk.Sequential([tfk.Input((2,)), tfk.layers.Lambda(lambda x: x + 1)]).save(
        tmp_path / "lambda.keras"
    )
    code, _, err = tfk_command("summary", "lambda.keras")
    assert code == 1 and "--trust-lambdas" in err
    assert tfk_command("summary", "lambda.keras", "--trust-lambdas")[0] == 0


@pytest.mark.parametrize("name", ["model.weights.h5", "x.npy"])
def test_files_that_are_no_models(tfk_command, files, name):
    code, _, err = tfk_command("summary", files / name)
    assert code == 1 and name in err and "Traceback" not in err


def test_plot_refuses_an_unknown_ending(tfk_command, files):
    code, _, err = tfk_command("plot", files / "model.keras", "picture.xyz")
    assert code == 1 and "unknown extension .xyz; use .png, .svg" in err


def test_convert_for_keras_3(tfk_command, files, tmp_path):
    code, out, _ = tfk_command("convert", files / "model.h5", "new.keras", "--for", "keras3")
    assert (code, out) == (0, "new.keras\n")
    with zipfile.ZipFile(tmp_path / "new.keras") as archive:
        version = json.loads(archive.read("metadata.json"))["keras_version"]
        assert version.startswith("3.") and b"batch_shape" in archive.read("config.json")
    code, _, error = tfk_command("convert", files / "model.h5", "new.h5", "--for", "keras3")
    assert code != 0 and ".weights.h5" in error
