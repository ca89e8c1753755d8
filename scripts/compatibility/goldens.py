"""Writes the files of earlier releases of Keras that tests/saving/test_goldens.py reads.

    python scripts/compatibility/goldens.py ENVIRONMENTS

ENVIRONMENTS has a folder with `bin/python` for each release below. The results go to
`tests/goldens`: for each release and model one file (or one JSON with its weights), and in
`facts.npz` its data, its outputs, its evaluation and its outputs after another step, unless that
step differs for a reason given below.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
GOLDENS = HERE.parents[1] / "tests/goldens"
KEPT = ("x_", "y_", "outputs_", "evaluation_", "next_")
# Keras 1 keeps an array for each gate of a recurrent layer and transposes kernels of Theano, so
# their optimizer starts afresh. Batch normalization of Keras 2.2 averages unbiased variances.
OTHER_STEPS = {
    "keras-1.2": ("conv_lstm", "convolutions_theano_order", "sequences"),
    "keras-2.2": ("convolutions", "nested"),
}

# Per release: who writes, the module of Keras, and per file the models.
RELEASES = {
    "keras-1.2": ("write_old.py", "keras", {
        "model.h5": "bidirectional conv_lstm convolutions convolutions_theano_order mlp nested"
        " sequences time_distributed two_inputs",
    }),
    "keras-2.0": ("write_old.py", "keras", {
        "model.h5": "sequences bidirectional two_inputs",
        "model.json": "time_distributed",
    }),
    "keras-2.2": ("write_old.py", "keras", {
        "model.h5": "amsgrad convolutions cudnn_gru cudnn_lstm nested sequences",
    }),
    "keras-2.4": ("write_old.py", "tensorflow.keras", {
        "model.h5": "amsgrad mlp sequences time_distributed two_inputs",
    }),
    "keras-2.10": ("write_old.py", "tensorflow.keras", {
        "model.h5": "bidirectional convolutions nested",
    }),
    "keras-2.13": ("work.py", "tensorflow.keras", {
        "model.keras": "structure/attention_block structure/two_outputs structure/stateful"
        " layer/SpectralNormalization",
        "model.h5": "optimizer/legacy.Adam/1 structure/encoder_decoder",
    }),
    "keras-2.15": ("work.py", "tensorflow.keras", {
        "model.keras": "structure/shared_layer schedule/CosineDecayRestarts optimizer/Adam/3",
        "model.h5": "structure/nested_frozen",
    }),
    "keras-3.15": ("work.py", "keras", {
        "model.keras": "structure/u_net structure/stateful optimizer/Nadam/0 layer/PReLU/1"
        " layer/StringLookup",
        "model.h5": "structure/shared_layer optimizer/Ftrl/0",
        "model.json": "structure/nested_frozen",
    }),
}  # fmt: skip


def main(environments):
    shutil.rmtree(GOLDENS, ignore_errors=True)
    for release, (script, module, files) in RELEASES.items():
        with tempfile.TemporaryDirectory() as folder:
            python = pathlib.Path(environments) / release / "bin/python"
            names = [name for text in files.values() for name in text.split()]
            write(python, script, module, folder, names)
            for file, text in files.items():
                for name in text.split():
                    target = GOLDENS / release / name.replace("/", "-")
                    keep(pathlib.Path(folder) / name, file, target, release)


def write(python, script, module, folder, names):
    arguments = [module, folder]
    if script == "work.py":
        arguments = ["write", *arguments, "--only", f"^({'|'.join(names)})$"]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(HERE)}
    subprocess.run([python, HERE / script, *arguments], env=environment, check=True)


def keep(source, file, target, release):
    """Copies what a test needs of one model."""
    target.mkdir(parents=True)
    weights = {"model.json": ["model.weights.h5" if "3." in release else "weights.h5"]}
    for name in [file, *weights.get(file, [])]:
        shutil.copy(source / name, target)
    with np.load(source / "facts.npz") as stored:
        facts = {key: stored[key] for key in stored.files if key.startswith(KEPT)}
    if source.name in OTHER_STEPS.get(release, ()):
        facts = {key: value for key, value in facts.items() if not key.startswith("next_")}
    np.savez_compressed(target / "facts.npz", **facts)


if __name__ == "__main__":
    main(*sys.argv[1:])
