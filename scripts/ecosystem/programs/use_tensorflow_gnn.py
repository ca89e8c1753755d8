"""A graph network."""

import tensorflow as tf
import tensorflow_gnn as tfgnn

graph = tfgnn.GraphTensor.from_pieces(
    node_sets={
        "a": tfgnn.NodeSet.from_fields(
            sizes=[3], features={"hidden_state": tf.random.normal((3, 4))}
        )
    },
    edge_sets={
        "e": tfgnn.EdgeSet.from_fields(
            sizes=[2],
            adjacency=tfgnn.Adjacency.from_indices(source=("a", [0, 1]), target=("a", [1, 2])),
        )
    },
)
update = tfgnn.keras.layers.GraphUpdate(
    node_sets={
        "a": tfgnn.keras.layers.NodeSetUpdate(
            {"e": tfgnn.keras.layers.SimpleConv(tf.keras.layers.Dense(4), "sum")},
            tfgnn.keras.layers.NextStateFromConcat(tf.keras.layers.Dense(4)),
        )
    }
)
assert update(graph).node_sets["a"]["hidden_state"].shape == (3, 4)
print("ok")
