"""Training from a config: what the run's folder holds, resuming, mistakes in configs."""

import csv
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import tfk
from tfk.cli.train import DETAILS

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = {
    "data": {"dataset": "digits", "scale": 16},
    "model": {
        "layers": [
            {"Flatten": {}},
            {"class_name": "Dense", "config": {"units": 8, "activation": "relu"}},
            {"Dense": {"units": 10, "activation": "softmax"}},
        ]
    },
    "compile": {
        "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.01}},
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    },
    "fit": {"epochs": 2, "batch_size": 64, "validation_split": 0.1},
}


def changed(**sections):
    return {**CONFIG, **sections}


@pytest.fixture
def train(tfk_command, tmp_path):
    """Writes a config to digits.json and trains it."""

    def run(config=CONFIG, *arguments):
        (tmp_path / "digits.json").write_text(json.dumps(config))
        return tfk_command("train", "digits.json", "--verbose", 0, *arguments)

    return run


def test_folder_of_a_run(train, tmp_path):
    callbacks = [{"EarlyStopping": {"patience": 5}}, {"JSONLogger": {"filename": "log.jsonl"}}]
    code, out, _ = train(changed(callbacks=callbacks))
    run = tmp_path / "runs" / "digits"
    assert code == 0 and out.splitlines()[-1] == "runs/digits" and "test: loss" in out
    assert "tensorboard --logdir runs/digits/logs" in out
    assert "tfk summary runs/digits/checkpoints/best.keras" in out
    assert json.loads((run / "config.json").read_text()) == changed(callbacks=callbacks, seed=1)
    rows = list(csv.DictReader((run / "log.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["0", "1"] and set(rows[0]) >= {
        "loss",
        "accuracy",
        "val_loss",
    }
    assert len((run / "log.jsonl").read_text().splitlines()) == 2
    assert any((run / "logs" / "train").iterdir()) and any((run / "backup").iterdir())
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["epochs"] == 2 and metrics["test"]["accuracy"] > 0.3
    assert metrics["last"]["loss"] == pytest.approx(float(rows[-1]["loss"]), rel=1e-5)
    (_, _), (x, y) = tfk.datasets.digits.load_data()
    model = tfk.models.load_model(run / "model.keras")
    assert model.evaluate(x / 16, y, verbose=0)[1] == pytest.approx(metrics["test"]["accuracy"])
    assert tfk.models.load_model(run / "checkpoints" / "best.keras").output_shape == (None, 10)
    assert (run / "checkpoints" / "last.keras").exists()


def test_config_of_the_documentation(train, tmp_path):
    text = (ROOT / "docs" / "command_line.md").read_text("utf-8")
    config = json.loads(text.split("```json\n")[1].split("```")[0])
    config["fit"]["epochs"] = 1
    code, _, err = train(config)
    assert code == 0, err
    shown = DETAILS.split("A config:\n")[1].split("All keys")[0]
    assert set(json.loads(shown)) == set(config)


def test_runs_are_not_mixed_up(train):
    assert train()[0] == 0
    assert "runs/digits is not empty; pass --resume" in train()[2]
    assert (
        "--resume: nowhere contains no run to resume"
        in train(CONFIG, "--resume", "--output", "nowhere")[2]
    )
    assert '--resume: "seed" differs' in train(changed(seed=2), "--resume")[2]


def test_mistakes_leave_no_run_behind(train, tmp_path):
    assert "unknown layer" in train(changed(model={"layers": ["Dens"]}))[2]
    assert not (tmp_path / "runs").exists()
    few = changed(
        model={"layers": [{"Flatten": {}}, {"Dense": {"units": 3, "activation": "softmax"}}]}
    )
    assert "class ids must be in [0, 3)" in train(few)[2]
    assert train()[0] == 0


def test_prolonged_run_equals_one_in_one_piece(train, tmp_path):
    train()
    code, out, _ = train(changed(fit={**CONFIG["fit"], "epochs": 4}), "--resume")
    assert code == 0
    train(changed(fit={**CONFIG["fit"], "epochs": 4}), "--output", "whole")
    logs = [(tmp_path / name / "log.csv").read_text() for name in ("runs/digits", "whole")]
    assert logs[0] == logs[1]
    weights = [
        tfk.models.load_model(tmp_path / name / "model.keras").get_weights()
        for name in ("runs/digits", "whole")
    ]
    for a, b in zip(*weights):
        np.testing.assert_array_equal(a, b)


def test_a_killed_run_goes_on(tmp_path):
    config = changed(fit={**CONFIG["fit"], "epochs": 400})
    (tmp_path / "digits.json").write_text(json.dumps(config))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "tfk", "train", "digits.json", "--verbose", "0"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    log = tmp_path / "runs" / "digits" / "log.csv"
    deadline = time.monotonic() + 60
    while not (log.exists() and len(log.read_text().splitlines()) > 3):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = len(log.read_text().splitlines()) - 1
    assert done < 400
    config["fit"]["epochs"] = done + 1
    (tmp_path / "digits.json").write_text(json.dumps(config))
    finished = subprocess.run(
        [*command, "--resume"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
    epochs = [row["epoch"] for row in csv.DictReader(log.read_text().splitlines())]
    assert epochs == [str(epoch) for epoch in range(done + 1)]


def test_arrays_from_a_file(train, tmp_path):
    rng = np.random.RandomState(0)
    x = rng.normal(5.0, 3.0, size=(60, 2)).astype("float32")
    arrays = {
        f"{kind}_{name}": part
        for name in ("train", "validation")
        for kind, part in (("x", x), ("y", x[:, :1]))
    }
    np.savez(tmp_path / "data.npz", **arrays)
    config = {
        "data": {"file": "data.npz", "standardize": True},
        "model": {"layers": [{"Dense": {"units": 1}}]},
        "compile": {"optimizer": "sgd", "loss": "mse"},
    }
    assert train(config)[0] == 0
    metrics = json.loads((tmp_path / "runs/digits/metrics.json").read_text())
    assert set(metrics["last"]) == {"loss", "val_loss"} and "test" not in metrics


def test_table(train, tmp_path):
    (tmp_path / "rows.csv").write_text("a,price,b\n" + "1,3,2\n2,5,3\n" * 10)
    config = {
        "data": {"csv": "rows.csv", "target": "price", "test": "rows.csv"},
        "model": {"layers": [{"Dense": {"units": 1, "kernel_initializer": "zeros"}}]},
        "compile": {"loss": "mse", "metrics": ["mae"]},
    }
    assert train(config)[0] == 0
    assert "mae" in json.loads((tmp_path / "runs/digits/metrics.json").read_text())["test"]
    config["data"]["target"] = "cost"
    assert (
        "rows.csv has no column 'cost': its columns are a, price, b"
        in train(config, "--output", "other")[2]
    )


def test_objects_in_compile(train, tmp_path):
    schedule = {
        "class_name": "ExponentialDecay",
        "config": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5},
    }
    compiled = {
        "optimizer": {"SGD": {"learning_rate": schedule, "momentum": 0.5}},
        "loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"ignore_class": 3}},
        "metrics": [
            "accuracy",
            {"class_name": "SparseTopKCategoricalAccuracy", "config": {"k": 2, "name": "top2"}},
        ],
    }
    code, _, err = train(changed(compile=compiled))
    assert code == 0, err
    model = tfk.models.load_model(tmp_path / "runs/digits/model.keras")
    assert model.optimizer.momentum == 0.5 and model.loss.get_config()["ignore_class"] == 3
    assert "val_top2" in json.loads((tmp_path / "runs/digits/metrics.json").read_text())["last"]


def test_words_are_padded(train, tmp_path, monkeypatch):
    samples = np.array([[1, 2, 3], [4]], object), np.array([0, 1])
    monkeypatch.setattr(tfk.datasets.imdb, "load_data", lambda num_words=None: (samples, samples))
    config = {
        "data": {"dataset": "imdb", "arguments": {"num_words": 50}, "pad": 4},
        "model": {
            "layers": [
                {"Embedding": {"input_dim": 50, "output_dim": 2}},
                {"LSTM": {"units": 2}},
                {"Dense": {"units": 1}},
            ]
        },
        "compile": {"loss": "mse"},
    }
    assert train(config)[0] == 0
    assert tfk.models.load_model(tmp_path / "runs/digits/model.keras").input_shape == (None, 4)
    del config["data"]["pad"]
    assert 'give their common length as "pad"' in train(config, "--output", "other")[2]


@pytest.fixture
def photos(tmp_path):
    image = pytest.importorskip("PIL.Image")
    for split in ("train", "validation", "test"):
        for kind, color in (("dark", 10), ("light", 240)):
            folder = tmp_path / "photos" / split / kind
            folder.mkdir(parents=True)
            for number in range(3):
                image.new("RGB", (40, 40), (color,) * 3).save(folder / f"{number}.png")
    return tmp_path / "photos"


def test_folder_of_photos_into_an_application(train, photos, tmp_path):
    config = {
        "data": {
            "folder": "photos",
            "image_size": [32, 32],
            "batch_size": 2,
            "preprocess": "mobilenet",
        },
        "model": {
            "application": "MobileNet",
            "arguments": {
                "weights": None,
                "include_top": False,
                "pooling": "avg",
                "input_shape": [32, 32, 3],
                "alpha": 0.25,
            },
            "trainable": False,
            "head": [{"Dense": {"units": 1, "activation": "sigmoid"}}],
        },
        "compile": {"loss": "binary_crossentropy", "metrics": ["accuracy"]},
    }
    code, _, err = train(config)
    assert code == 0, err
    model = tfk.models.load_model(tmp_path / "runs/digits/model.keras")
    assert len(model.trainable_weights) == 2
    assert {"val_accuracy"} <= set(
        json.loads((tmp_path / "runs/digits/metrics.json").read_text())["last"]
    )


def test_split_folder_and_models_from_files(train, photos, tmp_path):
    small = tfk.Sequential(
        [
            tfk.layers.Rescaling(1 / 255, input_shape=(8, 8, 1)),
            tfk.layers.Flatten(),
            tfk.layers.Dense(1),
        ]
    )
    small.save(tmp_path / "small.keras")
    (tmp_path / "small.json").write_text(small.to_json())
    data = {
        "folder": "photos/train",
        "image_size": [8, 8],
        "color_mode": "grayscale",
        "validation_split": 0.5,
    }
    inline = json.loads(small.to_json())
    for number, model in enumerate(
        ({"file": "small.keras"}, {"config": "small.json"}, {"config": inline})
    ):
        config = {"data": data, "model": model, "compile": {"loss": "mse"}}
        code, _, err = train(config, "--output", f"run{number}")
        assert code == 0, err
        assert (
            "val_loss" in json.loads((tmp_path / f"run{number}/metrics.json").read_text())["last"]
        )


@pytest.mark.parametrize(
    "config, message",
    [
        ({**CONFIG, "modle": 1}, "digits.json: unknown key 'modle'. Did you mean 'model'?"),
        ({"data": {}}, "digits.json lacks model, compile"),
        ([], "digits.json: expected an object"),
        (changed(fit={"epoch": 3}), "fit: unknown key 'epoch'. Did you mean 'epochs'?"),
        (changed(compile={"los": "mse"}), "compile: unknown key 'los'. Did you mean 'loss'?"),
        (changed(compile={"loss": "nonsense"}), "nonsense"),
        (changed(data={"dataset": "mnits"}), "unknown dataset 'mnits'; there are"),
        (
            changed(data={"dataset": "digits", "file": "x"}),
            '"data" needs exactly one of dataset, file, csv, folder',
        ),
        (changed(data={"file": "missing.npz"}), "missing.npz"),
        (
            changed(data={"csv": "missing.csv", "target": "a"}),
            "cannot read missing.csv: No such file",
        ),
        (changed(data={"csv": "x.csv"}), '"csv" needs "target"'),
        (changed(data={"folder": "missing"}), "there is no folder missing"),
        (changed(data={"dataset": "digits", "preprocess": "vgg"}), "there is no applications.vgg"),
        (
            changed(model={"layers": [{"Dens": {"units": 2}}]}),
            "unknown layer 'Dens'. Did you mean 'Dense'?",
        ),
        (changed(model={"layers": [{"Dense": {"unit": 2}}]}), "layer Dense: "),
        (changed(model={"layers": "Dense"}), "layers must be a list, got 'Dense'"),
        (changed(model={"layers": [3]}), 'a layer is written {"Name"'),
        (changed(model={"application": "MobileNet2"}), "Did you mean 'MobileNetV2'?"),
        (
            changed(model={}),
            '"model" needs exactly one of layers, config, file, application; it has none',
        ),
        (
            changed(callbacks=["EarlyStoping"]),
            "unknown callback 'EarlyStoping'. Did you mean 'EarlyStopping'?",
        ),
        (changed(callbacks={}), '"callbacks" must be a list'),
    ],
)
def test_mistakes_in_configs(train, config, message):
    code, _, err = train(config)
    assert code == 1 and message in err and "Traceback" not in err


def test_config_that_is_no_json(tfk_command, tmp_path):
    (tmp_path / "c.json").write_text("{'seed': 1}")
    assert "c.json is not JSON" in tfk_command("train", "c.json")[2]
    assert "cannot read missing.json: No such file" in tfk_command("train", "missing.json")[2]
