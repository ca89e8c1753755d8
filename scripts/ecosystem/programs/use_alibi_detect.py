"""Outliers by an autoencoder, drift in a network's features."""

import numpy as np
from alibi_detect.cd import KSDrift
from alibi_detect.cd.tensorflow import UAE
from alibi_detect.od import OutlierAE, OutlierVAE
from tensorflow import keras

x = np.random.RandomState(0).rand(64, 8).astype("float32")


def net(sizes):
    return keras.Sequential([keras.Input((sizes[0],)), *map(keras.layers.Dense, sizes[1:])])


detector = OutlierAE(threshold=0.1, encoder_net=net([8, 4, 2]), decoder_net=net([2, 4, 8]))
detector.fit(x, epochs=1, verbose=False)
assert detector.predict(x)["data"]["is_outlier"].shape == (64,)
variational = OutlierVAE(
    threshold=0.1, encoder_net=net([8, 4]), decoder_net=net([2, 8]), latent_dim=2, samples=2
)
variational.fit(x, epochs=1, verbose=False)
drift = KSDrift(x, preprocess_fn=lambda batch: UAE(encoder_net=net([8, 2]))(batch).numpy())
assert "is_drift" in drift.predict(x + 1)["data"]
print("ok")
