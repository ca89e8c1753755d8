"""Attacks on a model."""

import foolbox as fb
import numpy as np
import tensorflow as tf
from tensorflow import keras

model = keras.Sequential([keras.layers.Flatten(input_shape=(8, 8, 1)), keras.layers.Dense(3)])
wrapped = fb.TensorFlowModel(model, bounds=(0, 1))
images = tf.constant(np.random.RandomState(0).rand(4, 8, 8, 1), tf.float32)
labels = tf.argmax(model(images), -1)
assert fb.utils.accuracy(wrapped, images, labels) == 1.0
_, clipped, success = fb.attacks.LinfPGD()(wrapped, images, labels, epsilons=[0.5])
assert clipped[0].shape == images.shape and bool(tf.reduce_any(success))
print("ok")
