"""A SavedModel as a layer, trained further."""

import tempfile

import numpy as np
import tensorflow as tf
import tensorflow_hub as hub
from tensorflow import keras


class Encoder(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.ones((3, 4)))
        self.variables_list = [self.w]
        self.trainable_variables_list = [self.w]

    @tf.function(input_signature=[tf.TensorSpec((None, 3))])
    def __call__(self, x):
        return x @ self.w


with tempfile.TemporaryDirectory() as folder:
    tf.saved_model.save(Encoder(), folder)
    layer = hub.KerasLayer(folder, input_shape=(3,), trainable=True)
    model = keras.Sequential([layer, keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, 3)), np.ones(8), epochs=1, verbose=0)
    assert model.predict(np.ones((2, 3)), verbose=0).shape == (2, 1)
    assert hub.load(folder)(tf.ones((1, 3))).shape == (1, 4)
    model.save("hub.h5")
    keras.models.load_model("hub.h5", custom_objects={"KerasLayer": hub.KerasLayer})
print("ok")
