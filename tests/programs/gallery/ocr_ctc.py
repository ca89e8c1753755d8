"""Text in images: a layer that adds the CTC loss, and greedy decoding."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(8)
characters = ["a", "b", "c", "d"]
char_to_num = layers.StringLookup(vocabulary=list(characters), mask_token=None)
num_to_char = layers.StringLookup(
    vocabulary=char_to_num.get_vocabulary(), mask_token=None, invert=True
)


class CTCLayer(layers.Layer):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.loss_fn = keras.backend.ctc_batch_cost

    def call(self, y_true, y_pred):
        batch_len = tf.cast(tf.shape(y_true)[0], dtype="int64")
        input_length = tf.cast(tf.shape(y_pred)[1], dtype="int64")
        label_length = tf.cast(tf.shape(y_true)[1], dtype="int64")
        input_length = input_length * tf.ones(shape=(batch_len, 1), dtype="int64")
        label_length = label_length * tf.ones(shape=(batch_len, 1), dtype="int64")
        loss = self.loss_fn(y_true, y_pred, input_length, label_length)
        self.add_loss(loss)
        return y_pred


input_img = layers.Input(shape=(16, 8, 1), name="image", dtype="float32")
labels = layers.Input(name="label", shape=(None,), dtype="float32")
x = layers.Conv2D(4, (3, 3), activation="relu", padding="same", name="Conv1")(input_img)
x = layers.MaxPooling2D((2, 2), name="pool1")(x)
x = layers.Reshape(target_shape=(8, 16), name="reshape")(x)
x = layers.Dense(8, activation="relu", name="dense1")(x)
x = layers.Bidirectional(layers.LSTM(6, return_sequences=True, dropout=0.0))(x)
x = layers.Dense(len(char_to_num.get_vocabulary()) + 1, activation="softmax", name="dense2")(x)
output = CTCLayer(name="ctc_loss")(labels, x)
model = keras.models.Model(inputs=[input_img, labels], outputs=output, name="ocr_model_v1")
model.compile(optimizer=keras.optimizers.Adam())
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])


def encode(img, label):
    label = char_to_num(tf.strings.unicode_split(label, input_encoding="UTF-8"))
    return {"image": img, "label": label}


images = rng.rand(12, 16, 8, 1).astype("float32")
texts = ["".join(rng.choice(characters, 3)) for _ in range(12)]
data = tf.data.Dataset.from_tensor_slices((images, texts)).map(encode).batch(4)
history = model.fit(data, validation_data=data, epochs=2, verbose=0)
prediction_model = keras.models.Model(
    model.get_layer(name="image").input, model.get_layer(name="dense2").output
)
preds = prediction_model.predict(data, verbose=0)
input_len = np.ones(preds.shape[0]) * preds.shape[1]
results, log_prob = keras.backend.ctc_decode(preds, input_length=input_len, greedy=True)
read = [
    tf.strings.reduce_join(num_to_char(tf.maximum(row, 0))).numpy().decode()
    for row in results[0][:, :3]
]
np.savez(sys.argv[1], preds=preds, read=read, log_prob=log_prob.numpy(), **history.history)
