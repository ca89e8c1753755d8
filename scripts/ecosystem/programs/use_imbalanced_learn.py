"""Balanced batches."""

import numpy as np
from imblearn.keras import BalancedBatchGenerator, balanced_batch_generator
from imblearn.under_sampling import NearMiss
from tensorflow import keras

rng = np.random.RandomState(0)
x, y = rng.rand(120, 4).astype("float32"), (np.arange(120) < 30).astype(int)
model = keras.Sequential([keras.layers.Dense(2, activation="softmax", input_shape=(4,))])
model.compile("sgd", "categorical_crossentropy")
batches = BalancedBatchGenerator(
    x, np.eye(2)[y], sampler=NearMiss(), batch_size=10, random_state=42
)
model.fit(batches, epochs=2, verbose=0)
generator, steps = balanced_batch_generator(x, np.eye(2)[y], batch_size=10, random_state=42)
model.fit(generator, steps_per_epoch=steps, epochs=1, verbose=0)
print("ok")
