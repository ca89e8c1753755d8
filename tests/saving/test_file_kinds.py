"""Files that are something else get a name."""

import io
import json
import pickle
import zipfile

import h5py
import numpy as np
import pytest

import tfk


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"data")
    return buffer.getvalue()


def npy():
    buffer = io.BytesIO()
    np.save(buffer, np.ones(3))
    return buffer.getvalue()


TENSORFLOW_JS = {
    "format": "layers-model",
    "modelTopology": {"model_config": {"class_name": "Model", "config": {}}},
}
FILES = {
    "empty": (b"", "is empty"),
    "lfs": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "Git LFS",
    ),
    "torch": (zipped("archive/data.pkl", "archive/data/0"), "PyTorch file"),
    "npz": (zipped("arr_0.npy", "arr_1.npy"), "archive of NumPy arrays"),
    "npy": (npy(), "NumPy array"),
    "pickle": (pickle.dumps({"a": 1}), "Python pickle"),
    "tflite": (b"\x1c\0\0\0TFL3\0\0\0\0", "TensorFlow Lite"),
    "onnx": (b"\x08\x07\x12\x07pytorch\x1a\x051.9.0:\x10", "ONNX"),
    "safetensors": (b"\x40\0\0\0\0\0\0\0" + b'{"w":{}}', "safetensors"),
    "web_page": (b"<!DOCTYPE html><html></html>", "web page"),
    "page_after_blanks": (b"\xef\xbb\xbf\n <!doctype HTML>", "web page"),
    "server_error": (b'<?xml version="1.0"?><Error/>', "download went wrong"),
    "bzip2": (b"BZh91AY", "bzip2"),
    "tar": (b"model.h5".ljust(257, b"\0") + b"ustar\0", "tar archive"),
    "zipped_model": (zipped("model.h5", "README"), "zip archive with 'model.h5'"),
    "zipped_folder": (zipped("m/saved_model.pb"), "Unpack it first"),
    "gzip": (b"\x1f\x8b\x08\0\0\0", "gzip"),
    "yaml": (b"backend: tensorflow\nclass_name: Sequential\n", "YAML"),
    "tfjs": (json.dumps(TENSORFLOW_JS).encode(), "TensorFlow.js"),
    "architecture": (b' {"class_name": "Sequential", "config": []}', "model_from_json"),
    "json": (b'{"learning": 1}', r"JSON object with the keys \['learning'\]"),
    "broken_json": (b'{"learning', "damaged JSON"),
    "text": (b"hello", "neither a .keras archive nor an HDF5 file. It begins with b'hello'"),
}


def small_model():
    return tfk.Sequential([tfk.layers.Dense(2, input_shape=(3,))])


@pytest.mark.parametrize("name", FILES)
def test_other_files(name, tmp_path):
    content, description = FILES[name]
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=description):
        tfk.models.load_model(path)
    with pytest.raises(ValueError, match=description):
        small_model().load_weights(path)


def test_part_of_a_saved_model(tmp_path):
    path = tmp_path / "saved_model.pb"
    path.write_bytes(b"\x08\x01\xff")
    with pytest.raises(ValueError, match="Pass the folder"):
        tfk.models.load_model(path)


def test_hdf5_of_other_programs(tmp_path):
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file["measurements"] = np.ones(3)
    for read in (tfk.models.load_model, small_model().load_weights):
        with pytest.raises(ValueError, match=r"not written by Keras.*\['measurements'\]"):
            read(path)


@pytest.mark.parametrize("name", ["weights.h5", "model.weights.h5"])
def test_hdf5_of_weights(name, tmp_path):
    path, renamed = tmp_path / name, tmp_path / "other.weights.h5"
    model = small_model()
    model.save_weights(path)
    with pytest.raises(ValueError, match=r"weights without an architecture.*load_weights"):
        tfk.models.load_model(path)
    path.rename(renamed)
    other = small_model()
    other.load_weights(renamed)  # the content decides, not the name
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])


@pytest.mark.parametrize(
    "text, error, message",
    [
        (json.dumps(TENSORFLOW_JS), ValueError, "TensorFlow.js"),
        ('{"a": 1}', ValueError, r"JSON object with the keys \['a'\]"),
        ("[1, 2]", TypeError, "got list"),
        ('{"class_name": "Dense", "config": {"units": 3}}', ValueError, "that of a Dense"),
    ],
)
def test_json_of_something_else(text, error, message):
    with pytest.raises(error, match=message):
        tfk.models.model_from_json(text)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("model.weights.h5", "unpacked .keras file"),
        ("tf_model.h5", "Hugging Face"),
        ("notes.txt", r"directory without a model in it: \['notes.txt'\]"),
    ],
)
def test_folders(name, reason, tmp_path):
    (tmp_path / name).write_bytes(b"data")
    with pytest.raises(ValueError, match=reason):
        tfk.models.load_model(tmp_path)


def test_folder_of_tensorflow_js(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps(TENSORFLOW_JS))
    with pytest.raises(ValueError, match="TensorFlow.js"):
        tfk.models.load_model(tmp_path)
