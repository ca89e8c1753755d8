"""A convolutional autoencoder; encoder and decoder cut out of it, saved whole in two formats."""

import os
import sys
import tempfile

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(15)
x = rng.rand(24, 8, 8, 1).astype("float32")


def init(seed):
    return keras.initializers.GlorotNormal(seed=seed)


input_img = keras.Input(shape=(8, 8, 1))
h = layers.Conv2D(4, (3, 3), activation="relu", padding="same", kernel_initializer=init(1))(
    input_img
)
h = layers.BatchNormalization()(h)
h = layers.MaxPooling2D((2, 2), padding="same")(h)
encoded = layers.SeparableConv2D(
    2,
    (3, 3),
    activation="relu",
    padding="same",
    depthwise_initializer=init(2),
    pointwise_initializer=init(3),
    name="code",
)(h)
h = layers.UpSampling2D((2, 2))(encoded)
h = layers.ZeroPadding2D(1)(h)
decoded = layers.Conv2D(
    1,
    (3, 3),
    activation="sigmoid",
    kernel_initializer=init(4),
    kernel_regularizer=keras.regularizers.l1_l2(1e-5, 1e-4),
)(h)
autoencoder = keras.Model(input_img, decoded)
encoder = keras.Model(input_img, autoencoder.get_layer("code").output)
autoencoder.compile(optimizer=keras.optimizers.Adam(1e-2, clipnorm=1.0), loss="binary_crossentropy")
history = autoencoder.fit(
    x, x, epochs=3, batch_size=8, shuffle=False, validation_data=(x[:8], x[:8]), verbose=0
)

folder = tempfile.mkdtemp()
restored = {}
for ending in ("h5", "keras"):
    path = os.path.join(folder, "autoencoder." + ending)
    autoencoder.save(path)
    loaded = keras.models.load_model(path)
    restored[ending] = loaded.fit(x, x, epochs=1, batch_size=8, shuffle=False, verbose=0).history[
        "loss"
    ]
clone = keras.models.model_from_json(autoencoder.to_json())
clone.set_weights(autoencoder.get_weights())

np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    val_loss=history.history["val_loss"],
    codes=encoder.predict(x, verbose=0),
    decoded=autoencoder.predict(x[:4], verbose=0),
    clone=clone.predict(x[:4], verbose=0),
    **restored,
)
