"""A small residual network with a plan for the learning rate, and a Grad-CAM picture of what it
looks at.
"""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras.callbacks import LearningRateScheduler, ReduceLROnPlateau
from tensorflow.keras.initializers import HeNormal
from tensorflow.keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Input,
    add,
)
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.regularizers import l2
from tensorflow.keras.utils import to_categorical

seeds = iter(range(1, 20))


def lr_schedule(epoch):
    lr = 1e-3
    if epoch > 1:
        lr *= 1e-1
    return lr


def resnet_layer(inputs, num_filters=4, kernel_size=3, strides=1, activation="relu", name=None):
    conv = Conv2D(
        num_filters,
        kernel_size=kernel_size,
        strides=strides,
        padding="same",
        kernel_initializer=HeNormal(seed=next(seeds)),
        kernel_regularizer=l2(1e-4),
        name=name,
    )
    x = BatchNormalization()(conv(inputs))
    if activation is not None:
        x = Activation(activation)(x)
    return x


inputs = Input(shape=(8, 8, 3))
x = resnet_layer(inputs)
for stack in range(2):
    strides = 1 if stack == 0 else 2
    y = resnet_layer(x, num_filters=4 * 2**stack, strides=strides)
    y = resnet_layer(y, num_filters=4 * 2**stack, activation=None, name="conv_%d" % stack)
    if stack > 0:
        x = resnet_layer(x, num_filters=8, kernel_size=1, strides=strides, activation=None)
    x = Activation("relu")(add([x, y]))
x = AveragePooling2D(pool_size=4)(x)
outputs = Dense(3, activation="softmax", kernel_initializer=HeNormal(seed=next(seeds)))(
    Flatten()(x)
)
model = Model(inputs=inputs, outputs=outputs)
model.compile(
    loss="categorical_crossentropy",
    optimizer=Adam(learning_rate=lr_schedule(0)),
    metrics=["accuracy"],
)

rng = np.random.RandomState(3)
images = rng.rand(16, 8, 8, 3).astype("float32")
labels = to_categorical(np.arange(16) % 3, 3)
callbacks = [
    LearningRateScheduler(lr_schedule),
    ReduceLROnPlateau(factor=np.sqrt(0.1), cooldown=0, patience=5, min_lr=0.5e-6),
]
history = model.fit(
    images,
    labels,
    batch_size=8,
    epochs=3,
    shuffle=False,
    verbose=0,
    validation_data=(images, labels),
    callbacks=callbacks,
)
scores = model.evaluate(images, labels, verbose=0)

grad_model = Model([model.inputs], [model.get_layer("conv_1").output, model.output])
with tf.GradientTape() as tape:
    conv_output, predictions = grad_model(images[:1])
    class_channel = predictions[:, 1]
grads = tape.gradient(class_channel, conv_output)
pooled_grads = tf.reduce_mean(grads, axis=(0, 1, 2))
heatmap = tf.squeeze(conv_output[0] @ pooled_grads[..., tf.newaxis])

np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    val_loss=history.history["val_loss"],
    lr=history.history["lr"],
    scores=scores,
    heatmap=heatmap.numpy(),
    predictions=predictions.numpy(),
)
