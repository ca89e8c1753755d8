"""Layers, optimizers, losses and metrics of TensorFlow Addons that need no custom operation."""

import numpy as np
import tensorflow as tf
import tensorflow_addons as tfa
from tensorflow import keras

rng = np.random.RandomState(0)
x, y = rng.rand(32, 8).astype("float32"), rng.randint(0, 3, 32)
for optimizer in (
    tfa.optimizers.AdamW(1e-4, 0.01),
    tfa.optimizers.LAMB(0.01),
    tfa.optimizers.LazyAdam(0.01),
    tfa.optimizers.RectifiedAdam(0.01),
    tfa.optimizers.Lookahead(tfa.optimizers.NovoGrad(0.01)),
    tfa.optimizers.SWA(keras.optimizers.legacy.SGD(0.1), 2, 2),
    tfa.optimizers.Yogi(0.01),
    tfa.optimizers.MovingAverage("sgd"),
    tfa.optimizers.COCOB(),
    tfa.optimizers.AdaBelief(0.01),
):
    model = keras.Sequential(
        [
            tfa.layers.WeightNormalization(
                keras.layers.Dense(8, activation=tfa.activations.mish), input_shape=(8,)
            ),
            tfa.layers.Maxout(4),
            tfa.layers.NoisyDense(3),
        ]
    )
    model.compile(
        optimizer,
        tfa.losses.SigmoidFocalCrossEntropy(from_logits=True),
        metrics=[tfa.metrics.F1Score(3)],
    )
    loss = model.fit(x, np.eye(3)[y], epochs=2, verbose=0).history["loss"]
    assert np.isfinite(loss).all(), optimizer
embed = keras.Sequential(
    [
        keras.layers.Dense(4, input_shape=(8,)),
        keras.layers.Lambda(lambda t: tf.math.l2_normalize(t, 1)),
    ]
)
embed.compile("adam", tfa.losses.TripletSemiHardLoss())
embed.fit(x, y, epochs=1, verbose=0)
schedule = tfa.optimizers.CyclicalLearningRate(1e-4, 1e-2, scale_fn=lambda n: 1.0, step_size=4)
embed.compile(keras.optimizers.SGD(schedule), tfa.losses.ContrastiveLoss())
attention = tfa.layers.MultiHeadAttention(4, 2)
assert attention([tf.ones((2, 3, 8)), tf.ones((2, 5, 8))]).shape == (2, 3, 8)
assert tfa.layers.ESN(4)(tf.ones((2, 3, 5))).shape == (2, 4)
assert keras.layers.RNN(tfa.rnn.LayerNormLSTMCell(4))(tf.ones((2, 3, 5))).shape == (2, 4)
norm = tfa.layers.InstanceNormalization()
assert norm(tf.ones((2, 4, 4, 3))).shape == (2, 4, 4, 3)
kappa = tfa.metrics.CohenKappa(3, sparse_labels=True)
kappa.update_state(y, np.eye(3)[y])
assert abs(float(kappa.result()) - 1) < 1e-5
print("ok")
