"""Training with differential privacy."""

import numpy as np
import tensorflow as tf
from tensorflow_privacy.privacy.optimizers.dp_optimizer_keras import DPKerasSGDOptimizer

model = tf.keras.Sequential([tf.keras.layers.Dense(3, activation="softmax", input_shape=(4,))])
optimizer = DPKerasSGDOptimizer(
    l2_norm_clip=1.0, noise_multiplier=0.5, num_microbatches=4, learning_rate=0.1
)
loss = tf.keras.losses.CategoricalCrossentropy(reduction=tf.losses.Reduction.NONE)
model.compile(optimizer, loss, metrics=["accuracy"])
history = model.fit(np.random.rand(16, 4), np.eye(3)[[0, 1, 2, 0] * 4], batch_size=8, verbose=0)
assert np.isfinite(history.history["loss"]).all()
print("ok")
