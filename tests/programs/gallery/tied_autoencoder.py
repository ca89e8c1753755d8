"""An autoencoder whose decoder uses the transposed weights of the encoder; K.function."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K

rng = np.random.RandomState(19)


class DenseTranspose(keras.layers.Layer):
    def __init__(self, dense, activation=None, **kwargs):
        self.dense = dense
        self.activation = keras.activations.get(activation)
        super().__init__(**kwargs)

    def build(self, batch_input_shape):
        self.biases = self.add_weight(
            name="bias", shape=[self.dense.input_shape[-1]], initializer="zeros"
        )
        super().build(batch_input_shape)

    def call(self, inputs):
        z = tf.matmul(inputs, self.dense.weights[0], transpose_b=True)
        return self.activation(z + self.biases)


class KLDivergenceRegularizer(keras.regularizers.Regularizer):
    def __init__(self, weight, target=0.1):
        self.weight, self.target = weight, target

    def __call__(self, inputs):
        mean_activities = K.mean(inputs, axis=0)
        divergence = keras.losses.kullback_leibler_divergence
        return self.weight * (
            divergence(self.target, mean_activities)
            + divergence(1.0 - self.target, 1.0 - mean_activities)
        )


def rounded_accuracy(y_true, y_pred):
    return keras.metrics.binary_accuracy(tf.round(y_true), tf.round(y_pred))


dense_1 = keras.layers.Dense(10, activation="selu")
dense_2 = keras.layers.Dense(
    4, activation="sigmoid", activity_regularizer=KLDivergenceRegularizer(0.05)
)
tied_encoder = keras.models.Sequential([keras.layers.Flatten(input_shape=[5, 5]), dense_1, dense_2])
tied_decoder = keras.models.Sequential(
    [
        DenseTranspose(dense_2, activation="selu"),
        DenseTranspose(dense_1, activation="sigmoid"),
        keras.layers.Reshape([5, 5]),
    ]
)
tied_ae = keras.models.Sequential([tied_encoder, tied_decoder])
tied_ae.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.SGD(learning_rate=1.5),
    metrics=[rounded_accuracy],
)
X = rng.rand(32, 5, 5).astype("float32")
tied_ae.predict(X[:2], verbose=0)
tied_ae.set_weights([rng.normal(0, 0.3, w.shape) for w in tied_ae.get_weights()])
history = tied_ae.fit(
    X, X, epochs=3, batch_size=8, shuffle=False, verbose=0, validation_data=(X[:8], X[:8])
)
hidden = K.function([tied_encoder.layers[0].input], [dense_1.output, dense_2.output])([X])
np.savez(
    sys.argv[1],
    first=hidden[0],
    second=hidden[1],
    shapes=[str(w.shape) for w in tied_ae.trainable_weights],
    reconstructions=tied_ae.predict(X, verbose=0),
    **history.history,
)
