"""Metrics and checkpoints of a run, kept on this machine."""

import os

os.environ["WANDB_MODE"] = "offline"
import numpy as np
import wandb
from tensorflow import keras
from wandb.integration.keras import WandbMetricsLogger, WandbModelCheckpoint

x, y = np.random.rand(64, 4), np.random.rand(64, 1)
run = wandb.init(project="demo", config={"units": 8})
model = keras.Sequential(
    [keras.layers.Dense(run.config.units, input_shape=(4,)), keras.layers.Dense(1)]
)
model.compile("adam", "mse", metrics=["mae"])
model.fit(
    x,
    y,
    validation_split=0.25,
    epochs=2,
    verbose=0,
    callbacks=[
        WandbMetricsLogger(log_freq=1),
        WandbModelCheckpoint("best.keras", monitor="val_loss", save_best_only=True),
    ],
)
assert "epoch/val_mae" in run.summary.keys() and os.path.exists("best.keras")
run.finish()
print("ok")
