"""An embedding whose vocabulary follows the data."""

import os

import tensorflow as tf

from tfk import initializers
from tfk.engine.layer.layer import Layer
from tfk.initializers.warmstart import warmstart_embedding_matrix
from tfk.layers.core.embedding import Embedding
from tfk.layers.experimental.dynamic_lookup import DynamicLookup
from tfk.saving.registry import register


@register("layers.experimental")
class DynamicEmbedding(Layer):
    """Embedding of tokens whose vocabulary can be replaced by the currently frequent tokens.

    A `DynamicLookup` numbers the tokens and counts them, an `Embedding` holds the vectors.
    `update_embeddings`, which `UpdateEmbeddingCallback` calls at intervals, replaces the vocabulary
    by the most frequent tokens; those that stay keep their vectors.

    Args:
        input_dim: Size of the vocabulary.
        output_dim: Size of the vectors.
        initial_vocabulary: Tensor or list of tokens, or a dtype to begin with random ones.
        eviction_policy: `"LFU"`: the least frequently used tokens go.
        input_length: Length of the input where it is fixed.
        embedding_initializer: First vectors, also those of new tokens.
        num_oov_indices: Number of vectors for unknown tokens; 1.
    Input shape: `(batch, ...)`, tokens. `learn_vocab=False`, an argument of the call, leaves the
        counts alone.
    Output shape: `(batch, ..., output_dim)`.
    >>> layer = DynamicEmbedding(2, 3, tf.constant(["apple", "banana"]))
    >>> layer(tf.constant([["banana", "cherry"]])).shape
    TensorShape([1, 2, 3])
    """

    def __init__(
        self,
        input_dim,
        output_dim,
        initial_vocabulary,
        eviction_policy="LFU",
        input_length=None,
        embedding_initializer="uniform",
        num_oov_indices=1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        shared = {"dtype": kwargs["dtype"]} if "dtype" in kwargs else {}
        self.embedding_layer = Embedding(
            input_dim + num_oov_indices,
            output_dim,
            embeddings_initializer=embedding_initializer,
            input_length=input_length,
            name=self.name,
            **shared,
        )
        self.dynamic_lookup_layer = DynamicLookup(
            input_dim, initial_vocabulary, eviction_policy=eviction_policy, name=self.name
        )
        self.embedding_initializer = embedding_initializer
        self.num_oov_indices = num_oov_indices

    def build(self, input_shape=None):
        self.embedding_layer.build(input_shape)
        self.dynamic_lookup_layer.build(input_shape)

    def call(self, inputs, learn_vocab=True):
        numbers = self.dynamic_lookup_layer(inputs, learn_vocab=learn_vocab)
        return self.embedding_layer(numbers)

    def compute_output_shape(self, input_shape):
        return self.embedding_layer.compute_output_shape(input_shape)

    def compute_output_dtype(self, input_dtypes):
        return tf.as_dtype(self.compute_dtype)

    def get_vocabulary(self):
        """Return the vocabulary that numbers the tokens."""
        return self.dynamic_lookup_layer.get_vocabulary()

    def update_embeddings(self, strategy):
        """Replace the vocabulary by the most frequent tokens and move the vectors accordingly.

        Args:
            strategy: The distribution strategy; the counts of its workers are added up where each
                keeps its own.
        """
        lookup = self.dynamic_lookup_layer
        keys, counts = lookup.vocabulary_table_keys, lookup.vocabulary_table_values
        if isinstance(strategy, tf.distribute.ParameterServerStrategy):
            keys, counts = self.aggregate_lookup_table(keys.read_all(), counts.read_all())
        old = lookup.vocabulary.numpy().tolist()
        new = self.get_top_vocabulary(keys, counts, lookup.vocabulary_size)
        vectors = self.embedding_layer.embeddings
        unknown = len(old)  # the rows after those of the vocabulary are for unknown tokens
        table = warmstart_embedding_matrix(
            old, new.numpy().tolist(), vectors[:unknown], self._first_vectors
        )
        lookup.vocabulary.assign(new)
        vectors.assign(tf.concat([table, vectors[unknown:]], 0))

    def _first_vectors(self, shape, dtype=None):
        return initializers.get(self.embedding_initializer)(shape=shape, dtype=dtype)

    def aggregate_lookup_table(self, keys_list, values_list):
        """Merge several tables: return each token once, with the sum of its counts."""
        keys, places = tf.unique(tf.reshape(keys_list, [-1]))
        counts = tf.reshape(values_list, [-1])
        return keys, tf.math.unsorted_segment_sum(counts, places, tf.size(keys))

    def get_top_vocabulary(self, keys, values, k):
        """Return the `k` tokens with the highest counts, the most frequent first."""
        _, places = tf.math.top_k(values, min(k, keys.shape[0] or k))
        return tf.gather(keys, places)

    def get_config(self):
        lookup = self.dynamic_lookup_layer.get_config()
        return {
            **super().get_config(),
            "input_dim": lookup["vocabulary_size"],
            "output_dim": self.embedding_layer.output_dim,
            "input_length": self.embedding_layer.input_length,
            "eviction_policy": lookup["eviction_policy"],
            "initial_vocabulary": lookup["initial_vocabulary"],
            "embedding_initializer": self.embedding_initializer,
            "num_oov_indices": self.num_oov_indices,
        }

    def save_assets(self, dir_path):
        """Write the first vocabulary to a file in the folder, one token per line."""
        tokens = self.get_config()["initial_vocabulary"]
        path = os.path.join(dir_path, "initial_vocabulary.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(map(str, tokens)))
