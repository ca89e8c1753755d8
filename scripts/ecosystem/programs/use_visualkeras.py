"""Pictures of architectures."""

import visualkeras
from tensorflow import keras

model = keras.Sequential(
    [
        keras.layers.Conv2D(4, 3, input_shape=(16, 16, 3)),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(3),
    ]
)
assert visualkeras.layered_view(model).size[0] > 10
inputs = keras.Input((4,))
t = keras.layers.Dense(3)(inputs)
graph = keras.Model(inputs, keras.layers.Concatenate()([t, keras.layers.Dense(2)(inputs)]))
assert visualkeras.graph_view(graph).size[0] > 10
print("ok")
