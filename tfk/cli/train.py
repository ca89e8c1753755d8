"""Train a model described by a JSON file, in a separate folder."""

import json
import os
import pathlib
import sys
import time

import tfk
from tfk.cli.errors import CommandError
from tfk.cli.train_config import build_callbacks, build_model, compile_model, load_config
from tfk.cli.train_data import read_data
from tfk.utils.atomic import replacing_file

DETAILS = """\
The folder of a run (--output, by default runs/NAME after the config's file) holds
  config.json    the config, as it was run    log.csv, logs/  every epoch, also for TensorBoard
  checkpoints/   best.keras and last.keras    backup/         the state from which --resume starts
  model.keras    the trained model            metrics.json    the figures at the end

An interrupted run resumes bit for bit: tfk train CONFIG.json --resume.
To prolong a run that ended, raise fit.epochs in the config and pass --resume.

A config:
  {
    "seed": 1,
    "data": {"dataset": "digits", "scale": 16},
    "model": {"layers": [{"Flatten": {}}, {"Dense": {"units": 64, "activation": "relu"}},
                         {"Dense": {"units": 10, "activation": "softmax"}}]},
    "compile": {"optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.002}},
                "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
    "fit": {"epochs": 10, "batch_size": 32, "validation_split": 0.1},
    "callbacks": [{"EarlyStopping": {"patience": 3}}]
  }
All keys are described in docs/command_line.md."""

# Where the files of a run are, and which command shows them; the folder comes last, for scripts.
FILES = """\
config       {folder}/config.json
logs         tensorboard --logdir {folder}/logs
checkpoints  tfk summary {folder}/checkpoints/best.keras
model        tfk predict {folder}/model.keras DATA
{folder}"""


def add_arguments(parser):
    parser.add_argument("config", metavar="CONFIG.json", help="what to train, on what, and how")
    parser.add_argument("--output", metavar="DIR", help="folder of the run (runs/NAME)")
    parser.add_argument("--resume", action="store_true", help="resume the run in this folder")
    parser.add_argument(
        "--allow-network",
        action="store_true",
        help="let callbacks of the config send to the network (RemoteMonitor)",
    )
    parser.add_argument(
        "--verbose", type=int, choices=(0, 1, 2), default=None, help="0 silent, 2 a line an epoch"
    )


def execute(args):
    config = load_config(args.config)
    folder = pathlib.Path(args.output or os.path.join("runs", pathlib.Path(args.config).stem))
    _check_folder(folder, config, args.resume)
    tfk.utils.set_random_seed(config["seed"])
    base = pathlib.Path(args.config).parent
    data = read_data(config["data"], base)
    fit = dict(config["fit"])
    if data.validation is not None:
        fit.setdefault("validation_data", data.validation)
    model = build_model(config["model"], data.train, base)
    compile_model(model, config["compile"])
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / "config.json", config)
    verbose = {} if args.verbose is None else {"verbose": args.verbose}
    has_validation = "validation_data" in fit or bool(fit.get("validation_split"))
    callbacks = [
        *build_callbacks(config["callbacks"], folder, args.allow_network),
        tfk.callbacks.CSVLogger(folder / "log.csv", append=args.resume),
        tfk.callbacks.TensorBoard(folder / "logs", write_graph=False),
        tfk.callbacks.ModelCheckpoint(
            folder / "checkpoints" / "best.keras",
            monitor="val_loss" if has_validation else "loss",
            save_best_only=True,
            save_last=True,
        ),
        tfk.callbacks.BackupAndRestore(
            folder / "backup", delete_checkpoint=False, save_before_preemption=True
        ),
    ]
    started = time.monotonic()
    try:
        history = model.fit(*data.train, callbacks=callbacks, **{**fit, **verbose})
    except KeyboardInterrupt:
        print(
            f"stopped; `tfk train {args.config} --resume` continues after the last epoch",
            file=sys.stderr,
        )
        raise
    model.save(folder / "model.keras")
    metrics = {
        "epochs": len(history.epoch),
        "seconds": round(time.monotonic() - started, 3),
        "last": {name: float(values[-1]) for name, values in history.history.items()},
    }
    if data.test is not None:
        logs = model.evaluate(
            *data.test, verbose=0, return_dict=True, batch_size=fit.get("batch_size")
        )
        metrics["test"] = {name: float(value) for name, value in logs.items()}
    _write_json(folder / "metrics.json", metrics)
    for split in ("last", "test"):
        if split in metrics:
            print(
                f"{split}: "
                + ", ".join(f"{name} {value:.4f}" for name, value in metrics[split].items())
            )
    print(FILES.format(folder=folder))


def _check_folder(folder, config, resume):
    """Raise for a folder with other content than a run to resume."""
    saved = folder / "config.json"
    if not resume:
        if folder.exists() and any(folder.iterdir()) and not _ended_before_training(folder):
            raise CommandError(
                f"{folder} is not empty; pass --resume to continue that run, or another --output"
            )
    elif saved.is_file():
        before = load_config(saved)
        for key in ("seed", "data", "model", "compile"):
            if before[key] != config[key]:
                raise CommandError(
                    f'--resume: "{key}" differs from the run in {folder}; use another --output'
                    " for it"
                )
    else:
        raise CommandError(f"--resume: {folder} contains no run to resume")


def _ended_before_training(folder):
    """Return whether a run started here but its data were rejected: there is nothing to resume."""
    results = (folder / "backup", folder / "checkpoints", folder / "model.keras")
    return (folder / "config.json").is_file() and not any(
        path.is_file() or any(path.rglob("*")) for path in results
    )


def _write_json(path, content):
    with replacing_file(path) as temporary:
        pathlib.Path(temporary).write_text(json.dumps(content, indent=2) + "\n", "utf-8")
