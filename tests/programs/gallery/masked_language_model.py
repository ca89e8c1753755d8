"""BERT in small: masked words, a loss for each word, sample weights in a custom step."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(9)
MAX_LEN, VOCAB, DIM = 6, 20, 8


def get_pos_encoding_matrix(max_len, d_emb):
    pos_enc = np.array(
        [
            [pos / np.power(10000, 2 * (j // 2) / d_emb) for j in range(d_emb)]
            if pos != 0
            else np.zeros(d_emb)
            for pos in range(max_len)
        ]
    )
    pos_enc[1:, 0::2] = np.sin(pos_enc[1:, 0::2])
    pos_enc[1:, 1::2] = np.cos(pos_enc[1:, 1::2])
    return pos_enc


loss_fn = keras.losses.SparseCategoricalCrossentropy(reduction=tf.keras.losses.Reduction.NONE)
loss_tracker = keras.metrics.Mean(name="loss")


class MaskedLanguageModel(tf.keras.Model):
    def train_step(self, inputs):
        if len(inputs) == 3:
            features, labels, sample_weight = inputs
        else:
            features, labels = inputs
            sample_weight = None
        with tf.GradientTape() as tape:
            predictions = self(features, training=True)
            loss = loss_fn(labels, predictions, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        loss_tracker.update_state(loss, sample_weight=sample_weight)
        return {"loss": loss_tracker.result()}

    @property
    def metrics(self):
        return [loss_tracker]


inputs = layers.Input((MAX_LEN,), dtype=tf.int64)
word_embeddings = layers.Embedding(VOCAB, DIM, name="word_embedding")(inputs)
position_embeddings = layers.Embedding(
    input_dim=MAX_LEN,
    output_dim=DIM,
    weights=[get_pos_encoding_matrix(MAX_LEN, DIM)],
    name="position_embedding",
)(tf.range(start=0, limit=MAX_LEN, delta=1))
embeddings = word_embeddings + position_embeddings
attention = layers.MultiHeadAttention(num_heads=2, key_dim=4, name="encoder/multiheadattention")
attended = attention(embeddings, embeddings, embeddings)
x = layers.LayerNormalization(epsilon=1e-6, name="encoder/att_layernormalization")(
    embeddings + attended
)
ffn = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(DIM)], name="encoder/ffn")
x = layers.LayerNormalization(epsilon=1e-6)(x + ffn(x))
outputs = layers.Dense(VOCAB, name="mlm_cls", activation="softmax")(x)
model = MaskedLanguageModel(inputs, outputs, name="masked_bert_model")
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001))
x = rng.randint(1, VOCAB, (16, MAX_LEN))
weights = (rng.rand(16, MAX_LEN) < 0.4).astype("float32")
data = tf.data.Dataset.from_tensor_slices((np.where(weights, 0, x), x, weights)).batch(8)
history = model.fit(data, epochs=3, verbose=0)
encoder = tf.keras.models.Model(model.input, model.layers[-2].output)
np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    predictions=model.predict(x, verbose=0),
    encoded=encoder.predict(x, verbose=0),
    names=[layer.name for layer in model.layers],
)
