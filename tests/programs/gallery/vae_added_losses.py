"""A variational autoencoder with Lambda, add_loss and add_metric, and K functions all the way."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras import metrics
from tensorflow.keras.layers import Dense, Input, Lambda, Layer
from tensorflow.keras.losses import binary_crossentropy, mse
from tensorflow.keras.models import Model

rng = np.random.RandomState(0)
x_train = rng.rand(40, 12).astype("float32")
original_dim, latent_dim, batch_size = 12, 2, 8


def sampling(args):
    z_mean, z_log_var = args
    batch, dim = K.shape(z_mean)[0], K.int_shape(z_mean)[1]
    epsilon = tf.ones((latent_dim,)) * 0.1 + 0 * K.cast(batch * dim, "float32")
    return z_mean + K.exp(0.5 * z_log_var) * epsilon


inputs = Input(shape=(original_dim,), name="encoder_input")
x = Dense(8, activation="relu")(inputs)
z_mean = Dense(latent_dim, name="z_mean")(x)
z_log_var = Dense(latent_dim, name="z_log_var")(x)
z = Lambda(sampling, output_shape=(latent_dim,), name="z")([z_mean, z_log_var])
encoder = Model(inputs, [z_mean, z_log_var, z], name="encoder")
latent_inputs = Input(shape=(latent_dim,), name="z_sampling")
x = Dense(8, activation="relu")(latent_inputs)
outputs = Dense(original_dim, activation="sigmoid")(x)
decoder = Model(latent_inputs, outputs, name="decoder")
outputs = decoder(encoder(inputs)[2])
vae = Model(inputs, outputs, name="vae_mlp")
reconstruction = binary_crossentropy(inputs, outputs) * original_dim
kl = 1 + z_log_var - K.square(z_mean) - K.exp(z_log_var)
kl = -0.5 * K.sum(kl, axis=-1)
vae.add_loss(K.mean(reconstruction + kl))
vae.add_metric(kl, name="kl_loss", aggregation="mean")
vae.add_metric(K.mean(mse(inputs, outputs)), name="mse")
vae.set_weights([rng.normal(0, 0.3, w.shape) for w in vae.get_weights()])
vae.compile(optimizer="adam")
history = vae.fit(
    x_train,
    epochs=3,
    batch_size=batch_size,
    verbose=0,
    shuffle=False,
    validation_data=(x_train[:16], None),
)


class KLDivergence(Layer):
    """The identity, which adds what it costs."""

    def __init__(self, *args, **kwargs):
        self.is_placeholder = True
        super(KLDivergence, self).__init__(*args, **kwargs)

    def call(self, inputs):
        mu, log_var = inputs
        batch = -0.5 * K.sum(1 + log_var - K.square(mu) - K.exp(log_var), axis=-1)
        self.add_loss(K.mean(batch), inputs=inputs)
        self.add_metric(batch, name="divergence", aggregation="mean")
        return inputs


def nll(y_true, y_pred):
    return K.sum(K.binary_crossentropy(y_true, y_pred), axis=-1)


mu, log_var, _ = encoder(inputs)
mu, log_var = KLDivergence(name="kl")([mu, log_var])
second = Model(inputs, decoder(Lambda(lambda t: t[0] + K.exp(t[1] / 2) * 0.1)([mu, log_var])))
second.compile("rmsprop", loss=nll, metrics=[metrics.MeanSquaredError()])
again = second.fit(x_train, x_train, 8, 2, verbose=0, shuffle=False)
grid = decoder.predict(np.array([[a, b] for a in (-1.0, 1.0) for b in (-1.0, 1.0)]), verbose=0)
np.savez(
    sys.argv[1],
    keys=sorted(history.history),
    values=[history.history[k] for k in sorted(history.history)],
    again_keys=sorted(again.history),
    again=[again.history[k] for k in sorted(again.history)],
    grid=grid,
    encoded=encoder.predict(x_train, batch_size=batch_size, verbose=0),
    losses=len(vae.losses),
    metrics=[m.name for m in vae.metrics],
    evaluated=second.evaluate(x_train, x_train, verbose=0),
    summary=tf.reduce_sum([K.count_params(w) for w in vae.trainable_weights]).numpy(),
)
