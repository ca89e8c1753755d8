"""The advanced quick start and the checkpoint guide of TensorFlow 2.0, step by step."""

import os
import sys
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.keras import Model
from tensorflow.keras.layers import Conv2D, Dense, Flatten

rng = np.random.RandomState(17)
x_train, y_train = rng.rand(48, 8, 8), rng.randint(0, 4, 48)
x_train = x_train[..., tf.newaxis].astype("float32")
train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(12)
test_ds = tf.data.Dataset.from_tensor_slices((x_train[:16], y_train[:16])).batch(8)


class MyModel(Model):
    def __init__(self):
        super(MyModel, self).__init__()
        self.conv1 = Conv2D(6, 3, activation="relu")
        self.flatten = Flatten()
        self.d1 = Dense(16, activation="relu")
        self.d2 = Dense(4)

    def call(self, x):
        x = self.conv1(x)
        x = self.flatten(x)
        x = self.d1(x)
        return self.d2(x)


model = MyModel()
model(x_train[:1])
model.set_weights([rng.normal(0, 0.2, w.shape) for w in model.get_weights()])
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam()
train_loss = tf.keras.metrics.Mean(name="train_loss")
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
test_loss = tf.keras.metrics.Mean(name="test_loss")


@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, predictions)
    return norm


@tf.function
def test_step(images, labels):
    predictions = model(images, training=False)
    test_loss(loss_object(labels, predictions))


folder = tempfile.mkdtemp()
ckpt = tf.train.Checkpoint(step=tf.Variable(1), optimizer=optimizer, net=model)
manager = tf.train.CheckpointManager(ckpt, os.path.join(folder, "tf_ckpts"), max_to_keep=2)
log = []
for epoch in range(3):
    train_loss.reset_states()
    train_accuracy.reset_states()
    test_loss.reset_states()
    for images, labels in train_ds:
        norm = train_step(images, labels)
        ckpt.step.assign_add(1)
    for test_images, test_labels in test_ds:
        test_step(test_images, test_labels)
    manager.save()
    log.append([train_loss.result(), train_accuracy.result() * 100, test_loss.result(), norm])
restored = MyModel()
new = tf.train.Checkpoint(step=tf.Variable(1), net=restored)
new.restore(manager.latest_checkpoint).expect_partial()
np.savez(
    sys.argv[1],
    log=np.array(log, "float32"),
    step=int(new.step),
    iterations=int(optimizer.iterations),
    same=np.allclose(restored(x_train), model(x_train)),
    names=[v.name for v in model.trainable_variables],
)
