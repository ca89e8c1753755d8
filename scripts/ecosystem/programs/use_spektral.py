"""Graph convolution for node and graph classification."""

import numpy as np
from spektral.data import BatchLoader, Dataset, Graph, SingleLoader
from spektral.layers import GATConv, GCNConv, GlobalSumPool
from spektral.models import GCN
from spektral.transforms import GCNFilter, LayerPreprocess
from tensorflow import keras

rng = np.random.RandomState(0)


class Graphs(Dataset):
    def read(self):
        graphs = []
        for _ in range(16):
            n = rng.randint(5, 9)
            a = (rng.rand(n, n) < 0.4).astype("float32")
            a = np.maximum(a, a.T)
            graphs.append(
                Graph(x=rng.rand(n, 3).astype("float32"), a=a, y=np.eye(2)[rng.randint(2)])
            )
        return graphs


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = GCNConv(8, activation="relu")
        self.pool = GlobalSumPool()
        self.dense = keras.layers.Dense(2, activation="softmax")

    def call(self, inputs):
        x, a = inputs[:2]
        return self.dense(self.pool(self.conv([x, a])))


data = Graphs(transforms=GCNFilter())
loader = BatchLoader(data, batch_size=4)
model = Net()
model.compile("adam", "categorical_crossentropy", metrics=["acc"])
model.fit(loader.load(), steps_per_epoch=loader.steps_per_epoch, epochs=2, verbose=0)


class Node(Dataset):
    def read(self):
        a = (rng.rand(20, 20) < 0.2).astype("float32")
        return [
            Graph(
                x=rng.rand(20, 4).astype("float32"),
                a=np.maximum(a, a.T),
                y=np.eye(3)[rng.randint(0, 3, 20)],
            )
        ]


node = Node(transforms=LayerPreprocess(GCNConv))
gcn = GCN(n_labels=3)
gcn.compile(
    keras.optimizers.Adam(0.01),
    keras.losses.CategoricalCrossentropy(reduction="sum"),
    weighted_metrics=["acc"],
)
single = SingleLoader(node, sample_weights=np.ones(20))
gcn.fit(single.load(), steps_per_epoch=single.steps_per_epoch, epochs=2, verbose=0)
x_in, a_in = keras.Input((4,)), keras.Input((None,), sparse=True)
gat = keras.Model([x_in, a_in], GATConv(3, attn_heads=2, concat_heads=False)([x_in, a_in]))
assert gat.output_shape == (None, 3)
print("ok")
