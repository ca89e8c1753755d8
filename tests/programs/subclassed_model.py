"""A custom layer with weights inside a subclassed model; weights saved and loaded again."""

import os
import sys
import tempfile

import numpy as np
import tensorflow as tf


class Linear(tf.keras.layers.Layer):
    def __init__(self, units=32, **kwargs):
        super(Linear, self).__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            name="w",
            shape=(input_shape[-1], self.units),
            initializer=tf.keras.initializers.GlorotNormal(seed=self.units),
            regularizer=tf.keras.regularizers.l2(1e-3),
            trainable=True,
        )
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b

    def get_config(self):
        config = super(Linear, self).get_config()
        config.update({"units": self.units})
        return config


class MyModel(tf.keras.Model):
    def __init__(self, num_classes=3):
        super(MyModel, self).__init__(name="my_model")
        self.dense_1 = Linear(8)
        self.norm = tf.keras.layers.BatchNormalization()
        self.dense_2 = Linear(num_classes)

    def call(self, inputs, training=False):
        x = tf.nn.relu(self.dense_1(inputs))
        x = self.norm(x, training=training)
        if training:
            x = x * 1.0
        return tf.nn.softmax(self.dense_2(x))


rng = np.random.RandomState(2)
x = rng.randn(48, 6).astype("float32")
y = np.argmax(x[:, :3], axis=1)
model = MyModel()
model.compile(
    optimizer=tf.keras.optimizers.SGD(0.1, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["acc"],
)
history = model.fit(x, y, batch_size=12, epochs=3, shuffle=False, verbose=0)
model.summary()

folder = tempfile.mkdtemp()
model.save_weights(os.path.join(folder, "weights.h5"))
again = MyModel()
again(x[:1])
again.load_weights(os.path.join(folder, "weights.h5"))

np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    acc=history.history["acc"],
    regularization=[float(loss) for loss in model.losses],
    weights=[w.name for w in model.weights],
    predictions=model.predict(x, verbose=0),
    restored=again.predict(x, verbose=0),
)
