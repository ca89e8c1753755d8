"""A temporal convolutional network."""

import numpy as np
from tcn import TCN, compiled_tcn
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense

x = np.random.RandomState(0).rand(64, 20, 2)
y = x.mean((1, 2))
model = Sequential(
    [
        TCN(
            input_shape=(20, 2),
            kernel_size=3,
            use_skip_connections=True,
            nb_filters=8,
            dilations=[1, 2, 4],
            use_layer_norm=True,
            dropout_rate=0.1,
        ),
        Dense(1),
    ]
)
model.compile("adam", "mse")
loss = model.fit(x, y, epochs=3, verbose=0).history["loss"]
assert loss[-1] < loss[0]
assert model.layers[0].receptive_field > 7
many = compiled_tcn(
    num_feat=2,
    num_classes=3,
    nb_filters=8,
    kernel_size=3,
    dilations=[1, 2],
    nb_stacks=1,
    max_len=20,
    use_batch_norm=True,
    return_sequences=True,
)
many.fit(x, np.zeros((64, 20, 1)), epochs=1, verbose=0)
print("ok")
