"""A training loop written by hand: GradientTape, tf.function, metrics reset every epoch."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(16)
x_train = rng.randn(64, 10).astype("float32")
y_train = rng.randint(0, 3, 64)

inputs = keras.Input(shape=(10,), name="digits")
x = keras.layers.Dense(
    8,
    activation="relu",
    name="dense_1",
    kernel_initializer=keras.initializers.GlorotUniform(seed=1),
)(inputs)
outputs = keras.layers.Dense(
    3, name="predictions", kernel_initializer=keras.initializers.GlorotUniform(seed=2)
)(x)
model = keras.Model(inputs=inputs, outputs=outputs)
optimizer = keras.optimizers.Adam(learning_rate=1e-2)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
train_acc_metric = keras.metrics.SparseCategoricalAccuracy()
train_dataset = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(16)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss_value = loss_fn(y, logits)
        loss_value += sum(model.losses)
    grads = tape.gradient(loss_value, model.trainable_weights)
    optimizer.apply_gradients(zip(grads, model.trainable_weights))
    train_acc_metric.update_state(y, logits)
    return loss_value


losses, accuracies = [], []
for epoch in range(3):
    for step, (x_batch_train, y_batch_train) in enumerate(train_dataset):
        losses.append(float(train_step(x_batch_train, y_batch_train)))
    accuracies.append(float(train_acc_metric.result()))
    train_acc_metric.reset_states()

np.savez(
    sys.argv[1],
    losses=losses,
    accuracies=accuracies,
    iterations=[int(optimizer.iterations)],
    logits=model(x_train[:4]),
)
