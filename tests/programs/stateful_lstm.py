"""A stateful LSTM over one long series, state reset between epochs."""

import sys

import numpy as np
from keras.initializers import GlorotUniform, Orthogonal
from keras.layers import LSTM, Dense
from keras.models import Sequential

tsteps, batch_size, epochs = 1, 4, 3
series = np.sin(np.arange(41) / 3.0)
x = series[:-1].reshape(-1, 1, 1)
y = series[1:].reshape(-1, 1)

model = Sequential()
model.add(
    LSTM(
        5,
        batch_input_shape=(batch_size, tsteps, 1),
        return_sequences=True,
        stateful=True,
        kernel_initializer=GlorotUniform(seed=1),
        recurrent_initializer=Orthogonal(seed=2),
    )
)
model.add(
    LSTM(
        4,
        return_sequences=False,
        stateful=True,
        kernel_initializer=GlorotUniform(seed=3),
        recurrent_initializer=Orthogonal(seed=4),
    )
)
model.add(Dense(1, kernel_initializer=GlorotUniform(seed=5)))
model.compile(loss="mse", optimizer="rmsprop")

losses = []
for i in range(epochs):
    print("Epoch", i + 1, "/", epochs)
    losses += model.fit(x, y, batch_size=batch_size, epochs=1, verbose=0, shuffle=False).history[
        "loss"
    ]
    model.reset_states()
first = model.predict(x, batch_size=batch_size, verbose=0)
second = model.predict(x, batch_size=batch_size, verbose=0)  # goes on from the state
model.reset_states()
third = model.predict(x, batch_size=batch_size, verbose=0)

np.savez(sys.argv[1], losses=losses, first=first, second=second, third=third)
