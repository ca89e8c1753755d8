"""Plots of a training while it runs."""

import matplotlib

matplotlib.use("Agg")
import numpy as np
from livelossplot import PlotLossesKerasTF
from livelossplot.outputs import ExtremaPrinter
from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(1, input_shape=(2,))])
model.compile("adam", "mse", metrics=["mae"])
model.fit(
    np.ones((8, 2)),
    np.ones(8),
    epochs=2,
    verbose=0,
    validation_split=0.5,
    callbacks=[PlotLossesKerasTF(outputs=[ExtremaPrinter()])],
)
print("ok")
