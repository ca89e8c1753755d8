"""Calls of traced functions."""

import numpy as np

import tfk
from tfk import layers

# Two recurrent layers whose gradients sum three large tensors in a loop: TensorFlow's memory
# optimizer would rewrite the sum, and fail in the second batch.
FRAMES = np.random.default_rng(0).random((4, 3, 48, 48, 1)).astype("float32")


def test_large_recurrent_gradients_train_to_the_same_bits():
    tfk.utils.set_random_seed(1)
    inputs = layers.Input((None, 48, 48, 1))
    hidden = layers.ConvLSTM2D(128, 3, padding="same", return_sequences=True)(inputs)
    hidden = layers.ConvLSTM2D(128, 1, padding="same", return_sequences=True)(hidden)
    model = tfk.Model(inputs, layers.Conv3D(1, 1)(hidden))
    model.compile("sgd", "mse")
    start, results = model.get_weights(), []
    for _ in range(2):
        model.set_weights(start)
        model.fit(FRAMES, FRAMES, batch_size=2, shuffle=False, verbose=0)
        results.append(model.get_weights())
    for first, second in zip(*results):
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(results[0][0], start[0])
