"""Hyperparameter search with pruning of bad trials."""

import numpy as np
import optuna
from optuna_integration import TFKerasPruningCallback
from tensorflow import keras

rng = np.random.RandomState(0)
x, y = rng.rand(64, 4), rng.rand(64)


def objective(trial):
    keras.backend.clear_session()
    model = keras.Sequential(
        [
            keras.layers.Dense(trial.suggest_int("units", 2, 8), input_shape=(4,)),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(trial.suggest_float("rate", 1e-4, 1e-1, log=True)), "mse")
    history = model.fit(
        x,
        y,
        validation_split=0.25,
        epochs=3,
        verbose=0,
        callbacks=[TFKerasPruningCallback(trial, "val_loss")],
    )
    return history.history["val_loss"][-1]


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(pruner=optuna.pruners.MedianPruner(n_startup_trials=1))
study.optimize(objective, n_trials=4)
assert study.best_value < 10
print("ok")
