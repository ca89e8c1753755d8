"""Saves over and over in processes that are killed by SIGKILL, and keeps what each of them left.

    python -m tests.saving.killed_while_saving FOLDER MOMENTS [KIND ...]

This process runs no TensorFlow operation itself, so that its children, which are forked, start
their own threads.
"""

import os
import pathlib
import random
import shutil
import signal
import sys
import time

import numpy as np

import tfk

KINDS = {
    "keras": lambda model, path: model.save(f"{path}/file.keras"),
    "h5": lambda model, path: model.save(f"{path}/file.h5"),
    "weights.h5": lambda model, path: model.save_weights(f"{path}/file.weights.h5"),
    "h5 weights": lambda model, path: model.save_weights(f"{path}/weights.h5"),
    "checkpoint": lambda model, path: model.save_weights(f"{path}/file"),
    "directory": lambda model, path: model.save(f"{path}/file"),
    "export": lambda model, path: model.export(f"{path}/file"),
    "lite": lambda model, path: model.export(f"{path}/file", format="tflite"),
}


def model_with(value):
    model = tfk.Sequential([tfk.layers.Dense(64, input_shape=(64,)), tfk.layers.Dense(64)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    model.set_weights([np.full(weight.shape, value) for weight in model.get_weights()])
    return model


def save_for_ever(save, path, started):
    models = [model_with(1.0), model_with(2.0)]
    while True:
        for model in models:
            begin = time.monotonic()
            save(model, path)
            os.write(started, b"%f\n" % (time.monotonic() - begin))


def kill_once(save, path, share):
    """Kills a child `share` of the time of a save after its first one."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        save_for_ever(save, path, write)
    os.close(write)
    seconds = float(os.read(read, 100).split()[0])
    time.sleep(share * seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(read)


def main(folder, moments, *kinds):
    random.seed(0)
    for kind in kinds or KINDS:
        path = pathlib.Path(folder, kind)
        path.mkdir()
        for moment in range(moments):
            kill_once(KINDS[kind], path, random.uniform(0.0, 2.0))
            shutil.copytree(path, f"{path}_{moment}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
