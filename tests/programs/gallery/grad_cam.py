"""Which part of an image a convolutional network looks at: Grad-CAM on a nested backbone."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(0)
image = rng.rand(1, 16, 16, 3).astype("float32")

backbone = keras.Sequential(name="backbone")
backbone.add(keras.layers.Conv2D(4, 3, activation="relu", input_shape=(16, 16, 3)))
backbone.add(keras.layers.MaxPooling2D())
backbone.add(keras.layers.Conv2D(6, 3, activation="relu", name="last_conv"))
inputs = keras.Input((16, 16, 3))
x = keras.layers.GlobalAveragePooling2D()(backbone(inputs))
outputs = keras.layers.Dense(5, activation="softmax", name="predictions")(x)
model = keras.Model(inputs, outputs)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.layers[-1].activation = None

last_conv = model.get_layer("backbone").get_layer("last_conv")
features = keras.models.Model(backbone.inputs, last_conv.output)
head_input = keras.Input(shape=last_conv.output.shape[1:])
y = head_input
for layer in model.layers[2:]:
    y = layer(y)
head = keras.Model(head_input, y)

with tf.GradientTape() as tape:
    maps = features(image)
    tape.watch(maps)
    predictions = head(maps)
    index = tf.argmax(predictions[0])
    channel = predictions[:, index]
grads = tape.gradient(channel, maps)
pooled = tf.reduce_mean(grads, axis=(0, 1, 2))
heatmap = tf.squeeze(maps[0] @ pooled[..., tf.newaxis])
heatmap = tf.maximum(heatmap, 0) / tf.math.reduce_max(heatmap)

np.savez(sys.argv[1], heatmap=heatmap.numpy(), pooled=pooled.numpy(), index=int(index))
