"""Random search, Hyperband and a hypermodel."""

import tempfile

import keras_tuner as kt
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(0)
x, y = rng.rand(128, 4), rng.randint(0, 2, 128)


def build(hp):
    model = keras.Sequential([keras.Input((4,))])
    for i in range(hp.Int("layers", 1, 2)):
        model.add(keras.layers.Dense(hp.Int(f"units_{i}", 4, 8, step=4), activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(
        keras.optimizers.Adam(hp.Choice("rate", [1e-2, 1e-3])),
        "binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


with tempfile.TemporaryDirectory() as folder:
    for make, options in (
        (kt.RandomSearch, {"max_trials": 2}),
        (kt.Hyperband, {"max_epochs": 3}),
        (kt.BayesianOptimization, {"max_trials": 2}),
    ):
        tuner = make(
            build,
            objective="val_accuracy",
            directory=folder,
            project_name=make.__name__,
            overwrite=True,
            **options,
        )
        tuner.search(
            x,
            y,
            epochs=2,
            validation_data=(x, y),
            verbose=0,
            callbacks=[keras.callbacks.EarlyStopping("val_loss", patience=1)],
        )
        best = tuner.get_best_models(1)[0]
        assert best.predict(x, verbose=0).shape == (128, 1)
        assert tuner.get_best_hyperparameters(1)[0].get("rate") in (1e-2, 1e-3)
        tuner.results_summary(1)
print("ok")
