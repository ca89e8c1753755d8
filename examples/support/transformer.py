"""The parts of a Transformer: places of tokens, a block that reads, a block that writes.

Both blocks normalize what goes into each part ("pre-norm"), which trains small models without a
warm-up of the learning rate.

Source: Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762; Xiong et al., 2020, On
Layer Normalization in the Transformer Architecture, arXiv:2002.04745.
"""

import tensorflow as tf

import tfk
from tfk import layers


class TokenAndPosition(layers.Layer):
    """Adds the vector of a token and the vector of its place in the sequence.

    Attention itself knows no order: without the second vector a text would be a bag of words. Token
        0 fills sequences
    up; it is masked, and every layer that follows leaves it out.

    Args:
        tokens: Number of different tokens.
        length: Largest number of tokens in a sequence.
        width: Numbers in a vector.
    """

    def __init__(self, tokens, length, width, **kwargs):
        super().__init__(**kwargs)
        self.token = layers.Embedding(tokens, width, mask_zero=True)
        self.position = layers.Embedding(length, width)

    def call(self, inputs):
        return self.token(inputs) + self.position(tf.range(tf.shape(inputs)[1]))

    def compute_mask(self, inputs, mask=None):
        return self.token.compute_mask(inputs)


class AddPosition(layers.Layer):
    """Adds to each vector of a sequence the vector of its place: for inputs that are no tokens,
    such as sounds.

    Args:
        length: Largest number of vectors in a sequence.
    """

    def __init__(self, length, **kwargs):
        super().__init__(**kwargs)
        self.length = length

    def build(self, input_shape):
        self.position = layers.Embedding(self.length, input_shape[-1])
        super().build(input_shape)

    def call(self, inputs):
        return inputs + self.position(tf.range(tf.shape(inputs)[1]))


def feed_forward(inner, width):
    """The part of a block that works on each vector alone."""
    return tfk.Sequential([layers.Dense(inner, activation="gelu"), layers.Dense(width)])


class Encoder(layers.Layer):
    """A block that reads: every vector looks at all others, then is worked over alone.

    Args:
        width: Numbers in a vector.
        heads: Number of looks taken at the same time, a divisor of `width`.
        dropout: Share of the numbers set to zero in training, from 0 to 1.
    """

    def __init__(self, width, heads, dropout=0.1, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True  # hands the mask of its input on, and to the attention
        self.attention = layers.MultiHeadAttention(heads, width // heads, dropout=dropout)
        self.work = feed_forward(2 * width, width)
        self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]
        self.dropout = layers.Dropout(dropout)

    def call(self, inputs):
        x = self.norms[0](inputs)
        x = inputs + self.dropout(self.attention(x, x))
        return x + self.dropout(self.work(self.norms[1](x)))


class Decoder(layers.Layer):
    """A block that writes: every vector looks at those before it, then at what the encoder read.

    Its inputs are the pair `[vectors, read]`. The causal mask keeps a place from seeing the answer
    it is to give.

    Args:
        width: Numbers in a vector.
        heads: Number of looks taken at the same time, a divisor of `width`.
        dropout: Share of the numbers set to zero in training, from 0 to 1.
    """

    def __init__(self, width, heads, dropout=0.1, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.own = layers.MultiHeadAttention(heads, width // heads, dropout=dropout)
        self.across = layers.MultiHeadAttention(heads, width // heads, dropout=dropout)
        self.work = feed_forward(2 * width, width)
        self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(3)]
        self.dropout = layers.Dropout(dropout)

    def call(self, inputs):
        inputs, read = inputs
        x = self.norms[0](inputs)
        x = inputs + self.dropout(self.own(x, x, use_causal_mask=True))
        x = x + self.dropout(self.across(self.norms[1](x), read))
        return x + self.dropout(self.work(self.norms[2](x)))

    def compute_mask(self, inputs, mask=None):
        return None if mask is None else mask[0]
