"""Bayesian regression: a variational layer and a distribution as output."""

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

tfd, tfpl = tfp.distributions, tfp.layers
x = np.linspace(-1, 1, 200).astype("float32")[:, None]
y = (2 * x + 0.1 * np.random.RandomState(0).randn(200, 1)).astype("float32")


def posterior(kernel_size, bias_size=0, dtype=None):
    n = kernel_size + bias_size
    c = np.log(np.expm1(1.0))
    return tf.keras.Sequential(
        [
            tfpl.VariableLayer(2 * n, dtype=dtype),
            tfpl.DistributionLambda(
                lambda t: tfd.Independent(
                    tfd.Normal(loc=t[..., :n], scale=1e-5 + tf.nn.softplus(c + t[..., n:])),
                    reinterpreted_batch_ndims=1,
                )
            ),
        ]
    )


def prior(kernel_size, bias_size=0, dtype=None):
    n = kernel_size + bias_size
    return tf.keras.Sequential(
        [
            tfpl.VariableLayer(n, dtype=dtype),
            tfpl.DistributionLambda(
                lambda t: tfd.Independent(tfd.Normal(loc=t, scale=1.0), reinterpreted_batch_ndims=1)
            ),
        ]
    )


model = tf.keras.Sequential(
    [
        tf.keras.layers.Input((1,)),
        tfpl.DenseVariational(2, posterior, prior, kl_weight=1 / 200),
        tfpl.DistributionLambda(
            lambda t: tfd.Normal(loc=t[..., :1], scale=1e-3 + tf.nn.softplus(t[..., 1:]))
        ),
    ]
)
model.compile(optimizer=tf.keras.optimizers.Adam(0.05), loss=lambda y, rv: -rv.log_prob(y))
history = model.fit(x, y, epochs=60, batch_size=50, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
rv = model(x)
assert isinstance(rv, tfd.Distribution) and rv.mean().shape == (200, 1)

flip = tf.keras.Sequential(
    [
        tfpl.DenseFlipout(8, activation="relu", input_shape=(1,)),
        tfpl.DenseReparameterization(1),
    ]
)
flip.compile("adam", "mse")
flip.fit(x, y, epochs=2, verbose=0)
assert len(flip.losses) == 2

encoder = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(tfpl.MultivariateNormalTriL.params_size(2), input_shape=(1,)),
        tfpl.MultivariateNormalTriL(
            2,
            activity_regularizer=tfpl.KLDivergenceRegularizer(
                tfd.MultivariateNormalDiag(tf.zeros(2))
            ),
        ),
    ]
)
vae = tf.keras.Model(
    encoder.inputs,
    tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])(encoder.outputs[0]),
)
vae.compile("adam", "mse")
vae.fit(x, y, epochs=1, verbose=0)
print("ok")
