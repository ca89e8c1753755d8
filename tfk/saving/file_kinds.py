"""Identifies files by their first bytes, so that errors can name foreign formats."""

import json
import os
import re
import zipfile

KERAS, HDF5, FOLDER = "keras", "h5", "directory"
START = 512  # bytes that are looked at
JSON_LIMIT = 2**26  # bytes

# First bytes and what they stand for.
SIGNATURES = (
    (b"\x89HDF\r\n\x1a\n", HDF5),
    (
        b"version https://git-lfs",
        "a Git LFS pointer, which stands for a file that was not downloaded. Run `git lfs pull` in"
        " the repository it comes from, or download the file itself",
    ),
    (b"\x93NUMPY", "a NumPy array. Read it with numpy.load"),
    (b"\x1f\x8b", "compressed with gzip. Unpack it first"),
    (b"BZh", "compressed with bzip2. Unpack it first"),
    (b"\xfd7zXZ\0", "compressed with xz. Unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive. Unpack it first"),
    (b"model_checkpoint_path", "the list of a folder's checkpoints. Pass the prefix it names"),
    (b"backend:", "an architecture in YAML, which is not read, since YAML can run code"),
    (b"class_name:", "an architecture in YAML, which is not read, since YAML can run code"),
)
# First characters of texts, in lower case.
TEXTS = (
    (b"<!doctype", "a web page, so the download went wrong"),
    (b"<html", "a web page, so the download went wrong"),
    (b"<?xml", "an XML text, such as the error of a server: the download went wrong"),
)
BLANKS = b"\xef\xbb\xbf \t\r\n"  # and the byte order mark
TAR_MAGIC = slice(257, 262), b"ustar"
PICKLE_ENDINGS = (".pkl", ".pickle", ".joblib", ".pt", ".pth")
MODEL_ENDINGS = (".keras", ".h5", ".hdf5", "saved_model.pb")
# Files that identify a folder, and what it is.
FOLDERS = (
    ("model.weights.h5", "an unpacked .keras file. Zip its files to `name.keras` again"),
    ("tf_model.h5", "a folder of Hugging Face Transformers, whose from_pretrained reads it"),
    ("pytorch_model.bin", "a folder of PyTorch weights, which Hugging Face Transformers read"),
    ("model.safetensors", "a folder of safetensors weights"),
)
# Members of the root of HDF5 weight files.
WEIGHTS_NAMES = {
    "layer_names",
    "layer_names0",
    "layers",
    "vars",
    "metrics",
    "optimizer",
    "_layer_checkpoint_dependencies",
}
PICKLE = re.compile(rb"\x80[\x02-\x05]")
ONNX = re.compile(rb"\x08[\x03-\x20]\x12(.)", re.DOTALL)


def kind_of_file(path):
    """`"keras"`, `"h5"`, `"directory"`, or the description of something else, for messages.

    Args:
        path: Path of an existing file or folder.
    """
    if os.path.isdir(path):
        return FOLDER
    with open(path, "rb") as file:
        start = file.read(START)
    if not start:
        return "empty"
    if start.startswith(b"PK"):
        return _kind_of_zip(path)
    for signature, kind in SIGNATURES:
        if start.startswith(signature):
            return kind
    known = _kind_of_text(start) or _kind_of_bytes(path, start)
    return known or f"neither a .keras archive nor an HDF5 file. It begins with {start[:20]!r}"


def describe_folder(path):
    """Describe a folder without a model for `load_model` from the names in it."""
    names = os.listdir(path)
    for name, kind in FOLDERS:
        if name in names:
            return kind
    if "model.json" in names:
        return _kind_of_json(os.path.join(path, "model.json"))
    return f"a directory without a model in it: {sorted(names)[:10]}"


def _kind_of_text(start):
    text = start.lstrip(BLANKS).lower()
    return next((kind for begin, kind in TEXTS if text.startswith(begin)), None)


def _kind_of_bytes(path, start):
    if start[4:8] == b"TFL3":
        return "a TensorFlow Lite model, which tf.lite.Interpreter runs"
    place, magic = TAR_MAGIC
    if start[place] == magic:
        return "a tar archive. Unpack it first"
    if PICKLE.match(start) or path.endswith(PICKLE_ENDINGS):
        return (
            "a Python pickle (PyTorch and scikit-learn write such files). Unpickling can run any"
            " code, so it is not read"
        )
    if _is_onnx(path, start):
        return "an ONNX model, which onnxruntime runs"
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < JSON_LIMIT:
        return "a safetensors file of weights. Build the model and set them by name"
    if start.lstrip()[:1] == b"{":
        return _kind_of_json(path)
    if path.endswith(".pb"):
        return "part of a SavedModel. Pass the folder that it is in"
    return None


def _is_onnx(path, start):
    """ONNX begins with its version and the name of its writer, each after a field number."""
    found = ONNX.match(start)
    if found is None:
        return path.endswith(".onnx")
    name = start[found.end() : found.end() + found.group(1)[0]]
    return name.isascii() and name.decode("ascii").isprintable()


def _kind_of_zip(path):
    """A `.keras` file, also a damaged one, unless the archive is known to be something else."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # the reader of .keras files says what is wrong with it
        return KERAS
    if any(name == "data.pkl" or name.endswith("/data.pkl") for name in names):
        return "a PyTorch file, which torch.load reads"
    if names and all(name.endswith(".npy") for name in names):
        return "an archive of NumPy arrays. Read it with numpy.load and call set_weights"
    models = [name for name in names if name.endswith(MODEL_ENDINGS)]
    if models and "config.json" not in names and "model.weights.h5" not in names:
        return f"a zip archive with {models[0]!r} in it. Unpack it first"
    return KERAS


def _kind_of_json(path):
    if os.path.getsize(path) > JSON_LIMIT:
        return "a JSON text"
    try:
        with open(path, "rb") as file:
            content = json.loads(file.read())
    except (ValueError, RecursionError):
        return "a damaged JSON text"
    other = describe_json(content)
    if other is None:
        return "an architecture without weights. Read its text with models.model_from_json"
    return other


def describe_json(content):
    """Describe parsed JSON that is not the config of a Keras object; None if it is one."""
    if not isinstance(content, dict):
        return f"a JSON {type(content).__name__}"
    if "class_name" in content and "config" in content:
        return None
    topology = content.get("modelTopology")
    if isinstance(topology, dict) or content.get("format") in ("layers-model", "graph-model"):
        return (
            "a TensorFlow.js model. Convert it with `tensorflowjs_converter"
            " --input_format=tfjs_layers_model --output_format=keras`"
        )
    return f"a JSON object with the keys {sorted(map(str, content))[:8]}"


def describe_hdf5(names, path):
    """Describe an HDF5 file without an architecture from its groups and attributes."""
    if WEIGHTS_NAMES & set(names):
        return (
            "holds weights without an architecture. Build the model and call"
            f" model.load_weights({path!r})"
        )
    return f"was not written by Keras; it holds {sorted(map(str, names))[:8]}"
