"""A user's program as type checkers and editors see it; `tests/test_typing.py` checks it."""

from typing_extensions import reveal_type

import tfk
from tfk import layers, optimizers

inputs = tfk.Input((4,))
outputs = layers.Dense(2, activation="softmax", kernel_regularizer="l2")(inputs)
model = tfk.Model(inputs, outputs)
model.compile(optimizers.Adam(learning_rate=1e-3), "mse", metrics=["accuracy"])
history = model.fit([[0.0] * 4], [[0.0, 1.0]], epochs=2, verbose=0)
loaded_later = [
    tfk.applications.MobileNetV2,
    tfk.datasets.mnist.load_data,
    tfk.mixed_precision.LossScaleOptimizer,
    tfk.utils.CustomObjectScope,
]

reveal_type(history.history)
reveal_type(model.fit)
reveal_type(layers.Dense.__init__)
reveal_type(optimizers.Adam.__init__)

layers.Dense("many")  # error: units is a number
model.fitt()  # error: no such method
print(layers.Dens)  # error: no such layer
