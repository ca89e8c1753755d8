"""Calibrated lattices."""

import numpy as np
import tensorflow_lattice as tfl
from tensorflow import keras

rng = np.random.RandomState(0)
x = rng.rand(128, 2).astype("float32")
y = x[:, 0] + x[:, 1] ** 2
combined = tfl.layers.ParallelCombination()
for _ in range(2):
    combined.append(
        tfl.layers.PWLCalibration(
            input_keypoints=np.linspace(0, 1, 5),
            output_min=0.0,
            output_max=1.0,
            monotonicity="increasing",
        )
    )
model = keras.Sequential(
    [combined, tfl.layers.Lattice(lattice_sizes=[2, 2], monotonicities=["increasing"] * 2)]
)
model.compile(keras.optimizers.Adam(0.05), "mse")
loss = model.fit(x, y, epochs=5, verbose=0).history["loss"]
assert loss[-1] < loss[0]
inputs = [keras.Input((1,)), keras.Input((1,))]
t = [
    tfl.layers.PWLCalibration(input_keypoints=np.linspace(0, 1, 4), output_max=1.0, output_min=0.0)(
        i
    )
    for i in inputs
]
joined = keras.layers.Concatenate()(t)
functional = keras.Model(inputs, tfl.layers.Linear(2, monotonicities=["increasing"] * 2)(joined))
functional.compile("adam", "mse")
functional.fit([x[:, :1], x[:, 1:]], y, verbose=0)
functional.save("lattice.h5")
keras.models.load_model(
    "lattice.h5",
    custom_objects={c.__name__: c for c in (tfl.layers.PWLCalibration, tfl.layers.Linear)},
)
print("ok")
