"""Node classification: a layer that gathers from neighbours, with a graph given at construction."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(6)


def create_ffn(hidden_units, dropout_rate, name=None):
    fnn_layers = []
    for units in hidden_units:
        fnn_layers.append(layers.BatchNormalization())
        fnn_layers.append(layers.Dropout(dropout_rate))
        fnn_layers.append(layers.Dense(units, activation=tf.nn.gelu))
    return keras.Sequential(fnn_layers, name=name)


class GraphConvLayer(layers.Layer):
    def __init__(self, hidden_units, combination_type="concat", normalize=False, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.combination_type = combination_type
        self.normalize = normalize
        self.ffn_prepare = create_ffn(hidden_units, 0.0)
        if combination_type == "gru":
            self.update_fn = layers.GRU(
                hidden_units[-1], activation="tanh", recurrent_activation="sigmoid"
            )
        else:
            self.update_fn = create_ffn(hidden_units, 0.0)

    def call(self, inputs):
        node_repesentations, edges, edge_weights = inputs
        node_indices, neighbour_indices = edges[0], edges[1]
        neighbours = tf.gather(node_repesentations, neighbour_indices)
        messages = self.ffn_prepare(neighbours) * tf.expand_dims(edge_weights, -1)
        num_nodes = node_repesentations.shape[0]
        aggregated = tf.math.unsorted_segment_mean(messages, node_indices, num_segments=num_nodes)
        if self.combination_type == "gru":
            h = tf.stack([node_repesentations, aggregated], axis=1)
        else:
            h = tf.concat([node_repesentations, aggregated], axis=1)
        node_embeddings = self.update_fn(h)
        return tf.nn.l2_normalize(node_embeddings, axis=-1) if self.normalize else node_embeddings


class GNNNodeClassifier(keras.Model):
    def __init__(self, graph_info, num_classes, hidden_units, *args, **kwargs):
        super().__init__(*args, **kwargs)
        node_features, edges, edge_weights = graph_info
        self.node_features, self.edges = node_features, edges
        self.edge_weights = edge_weights / tf.math.reduce_sum(edge_weights)
        self.preprocess = create_ffn(hidden_units, 0.0, name="preprocess")
        self.conv1 = GraphConvLayer(hidden_units, normalize=True, name="graph_conv1")
        self.conv2 = GraphConvLayer(hidden_units, "gru", name="graph_conv2")
        self.compute_logits = layers.Dense(units=num_classes, name="logits")

    def call(self, input_node_indices):
        x = self.preprocess(self.node_features)
        x = self.conv1((x, self.edges, self.edge_weights)) + x
        x = self.conv2((x, self.edges, self.edge_weights)) + x
        return self.compute_logits(tf.gather(x, input_node_indices))


features = tf.constant(rng.rand(12, 5), tf.float32)
edges = rng.randint(0, 12, (2, 40)).astype("int32")
model = GNNNodeClassifier((features, edges, tf.ones(shape=edges.shape[1])), 3, [8, 8], name="gnn")
model(tf.constant([1, 10]))
values = [np.abs(rng.normal(0, 0.3, w.shape)) for w in model.get_weights()]
model.set_weights(values)
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
x, y = np.arange(12), rng.randint(0, 3, 12)
history = model.fit(x=x, y=y, epochs=3, batch_size=6, shuffle=False, verbose=0)
names = [w.name for w in model.weights]
np.savez(sys.argv[1], logits=model.predict(x, verbose=0), names=names, **history.history)
