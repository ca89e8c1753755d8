"""Models that add losses and metrics in call, residual blocks in loops, Monte Carlo dropout."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(12)
X, y = rng.rand(48, 6).astype("float32"), rng.rand(48, 1).astype("float32")


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [keras.layers.Dense(n_neurons, activation="elu") for _ in range(n_layers)]

    def call(self, inputs):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        return inputs + Z


class ReconstructingRegressor(keras.models.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [keras.layers.Dense(6, activation="selu") for _ in range(3)]
        self.block = ResidualBlock(2, 6)
        self.out = keras.layers.Dense(output_dim)
        self.reconstruction_mean = keras.metrics.Mean(name="reconstruction_error")

    def build(self, batch_input_shape):
        n_inputs = batch_input_shape[-1]
        self.reconstruct = keras.layers.Dense(n_inputs)
        self.built = True

    def call(self, inputs, training=None):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        for _ in range(1 + 2):
            Z = self.block(Z)
        reconstruction = self.reconstruct(Z)
        recon_loss = tf.reduce_mean(tf.square(reconstruction - inputs))
        self.add_loss(0.05 * recon_loss)
        if training:
            result = self.reconstruction_mean(recon_loss)
            self.add_metric(result)
        return self.out(Z)


class MCDropout(keras.layers.Dropout):
    def call(self, inputs):
        return super().call(inputs, training=True)


model = ReconstructingRegressor(1)
model(X[:1])
model.set_weights([rng.normal(0, 0.2, w.shape) for w in model.get_weights()])
model.compile(
    loss="mse", optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True)
)
history = model.fit(X, y, epochs=3, batch_size=12, shuffle=False, verbose=0)
predicted = model(X)
plain = keras.models.Sequential(
    [keras.layers.Flatten(input_shape=[6]), keras.layers.Dropout(rate=0.0), keras.layers.Dense(3)]
)
mc_model = keras.models.Sequential(
    [
        MCDropout(layer.rate) if isinstance(layer, keras.layers.Dropout) else layer
        for layer in plain.layers
    ]
)
plain.set_weights([rng.normal(0, 0.2, w.shape) for w in plain.get_weights()])
probas = np.stack([mc_model(X, training=False) for _ in range(2)])
np.savez(
    sys.argv[1],
    probas=probas.mean(axis=0),
    prediction=predicted.numpy(),
    losses=[float(loss) for loss in model.losses],
    **history.history,
)
