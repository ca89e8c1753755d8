"""What a network looks at."""

import innvestigate
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()
model = tf.keras.Sequential(
    [tf.keras.layers.Dense(4, activation="relu", input_shape=(3,)), tf.keras.layers.Dense(2)]
)
analyzer = innvestigate.create_analyzer("gradient", model)
assert analyzer.analyze(np.random.rand(2, 3)).shape == (2, 3)
print("ok")
