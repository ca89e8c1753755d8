"""Stock prices: a stateful LSTM reset by hand, masked days, and a twin that predicts day by day."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras.callbacks import LambdaCallback
from tensorflow.keras.layers import LSTM, Dense, InputLayer, Masking, TimeDistributed
from tensorflow.keras.models import Sequential, clone_model

rng = np.random.RandomState(0)
batch_size, days, features = 4, 6, 2
prices = np.cumsum(rng.normal(0, 0.1, (16, days, features)), axis=1).astype("float32")
prices[1, 4:] = prices[7, 3:] = -1.0  # the exchange was closed
targets = prices[..., :1] * 0.5 + 0.1


def create_model(batch, steps):
    model = Sequential(name="stock")
    model.add(InputLayer(batch_input_shape=(batch, steps, features)))
    model.add(Masking(mask_value=-1.0))
    model.add(LSTM(5, stateful=True, return_sequences=True, recurrent_activation="hard_sigmoid"))
    model.add(LSTM(3, stateful=True, return_sequences=True, go_backwards=False))
    model.add(TimeDistributed(Dense(1), name="head"))
    return model


model = create_model(batch_size, days)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile(loss="mae", optimizer="rmsprop", metrics=["mse"], weighted_metrics=["mae"])
resets = []
reset = LambdaCallback(
    on_epoch_end=lambda epoch, logs: (model.reset_states(), resets.append(sorted(logs)))
)
weights = rng.rand(16, days).astype("float32")
histories = []
for _ in range(2):
    history = model.fit(
        prices,
        targets,
        sample_weight=weights,
        epochs=2,
        batch_size=batch_size,
        shuffle=False,
        verbose=0,
        callbacks=[reset],
    )
    histories.append(history.history["loss"])
states = [s.numpy() for s in model.layers[1].states]
model.predict(prices[:4], batch_size=batch_size, verbose=0)
after = [s.numpy() for s in model.layers[1].states]
model.layers[1].reset_states(states=[np.ones((4, 5)), np.zeros((4, 5))])
seeded = model.predict(prices[:4], batch_size=batch_size, verbose=0)

single = create_model(1, 1)
single.set_weights(model.get_weights())
walk, day = [], prices[:1, :1]
for _ in range(5):
    value = single.predict_on_batch(day)
    walk.append(value[0, 0, 0])
    day = np.concatenate([value, day[..., 1:]], axis=-1)
single.reset_states()
again = single.predict_on_batch(prices[:1, :1])
clone = clone_model(model)
clone.set_weights(model.get_weights())
mask = model.layers[0].compute_mask(tf.constant(prices[:4]))
np.savez(
    sys.argv[1],
    losses=histories,
    logs=resets,
    states=states[0],
    after=after[1],
    seeded=seeded,
    walk=walk,
    again=again,
    clone=clone.predict(prices[:8], batch_size=4, verbose=0),
    mask=mask,
    evaluated=model.evaluate(prices, targets, batch_size=4, verbose=0, sample_weight=weights),
    names=[w.name for w in model.weights],
    stateful=[layer.stateful for layer in model.layers] + [model.stateful],
    config=str(model.layers[1].get_config()["batch_input_shape"])
    if "batch_input_shape" in model.layers[1].get_config()
    else "none",
)
