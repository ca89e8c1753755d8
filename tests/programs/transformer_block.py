"""Text classification with a Transformer block made of MultiHeadAttention."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def init(seed):
    return keras.initializers.GlorotUniform(seed=seed)


class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.0):
        super().__init__()
        self.att = layers.MultiHeadAttention(
            num_heads=num_heads, key_dim=embed_dim, kernel_initializer=init(1)
        )
        self.ffn = keras.Sequential(
            [
                layers.Dense(ff_dim, activation="gelu", kernel_initializer=init(2)),
                layers.Dense(embed_dim, kernel_initializer=init(3)),
            ]
        )
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)
        self.dropout2 = layers.Dropout(rate)

    def call(self, inputs, training):
        attn_output = self.att(inputs, inputs)
        attn_output = self.dropout1(attn_output, training=training)
        out1 = self.layernorm1(inputs + attn_output)
        ffn_output = self.ffn(out1)
        ffn_output = self.dropout2(ffn_output, training=training)
        return self.layernorm2(out1 + ffn_output)


class TokenAndPositionEmbedding(layers.Layer):
    def __init__(self, maxlen, vocab_size, embed_dim):
        super().__init__()
        self.token_emb = layers.Embedding(vocab_size, embed_dim, embeddings_initializer=init(4))
        self.pos_emb = layers.Embedding(maxlen, embed_dim, embeddings_initializer=init(5))

    def call(self, x):
        maxlen = tf.shape(x)[-1]
        positions = tf.range(start=0, limit=maxlen, delta=1)
        return self.token_emb(x) + self.pos_emb(positions)


rng = np.random.RandomState(18)
vocab_size, maxlen, embed_dim = 20, 7, 6
x_train = rng.randint(0, vocab_size, (40, maxlen))
y_train = (x_train.sum(axis=1) > 66).astype("int32")
inputs = layers.Input(shape=(maxlen,))
x = TokenAndPositionEmbedding(maxlen, vocab_size, embed_dim)(inputs)
x = TransformerBlock(embed_dim, 2, 8)(x)
x = layers.GlobalAveragePooling1D()(x)
outputs = layers.Dense(2, activation="softmax", kernel_initializer=init(6))(x)
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=8, epochs=3, shuffle=False, verbose=0)

np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    accuracy=history.history["accuracy"],
    shapes=[str(tuple(w.shape)) for w in model.weights],
    predictions=model.predict(x_train, verbose=0),
)
