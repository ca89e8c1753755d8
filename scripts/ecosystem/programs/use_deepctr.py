"""Click prediction: DeepFM, DIN and xDeepFM."""

import numpy as np
from deepctr.feature_column import DenseFeat, SparseFeat, VarLenSparseFeat, get_feature_names
from deepctr.models import DCN, DIN, DeepFM, xDeepFM

rng = np.random.RandomState(0)
columns = [
    SparseFeat("user", 20, embedding_dim=4),
    SparseFeat("item", 30, embedding_dim=4),
    DenseFeat("age", 1),
]
data = {"user": rng.randint(0, 20, 64), "item": rng.randint(0, 30, 64), "age": rng.rand(64)}
y = rng.randint(0, 2, 64)
for make in (DeepFM, xDeepFM, DCN):
    model = make(columns, columns, task="binary")
    model.compile("adam", "binary_crossentropy", metrics=["binary_crossentropy", "AUC"])
    model.fit(
        {name: data[name] for name in get_feature_names(columns)},
        y,
        batch_size=32,
        epochs=1,
        verbose=0,
        validation_split=0.2,
    )
columns = [
    SparseFeat("user", 5, embedding_dim=4),
    SparseFeat("item", 6, embedding_dim=4),
    VarLenSparseFeat(
        SparseFeat("hist_item", 6, embedding_dim=4, embedding_name="item"),
        maxlen=4,
        length_name="seq_length",
    ),
]
data = {
    "user": rng.randint(0, 5, 16),
    "item": rng.randint(1, 6, 16),
    "hist_item": rng.randint(0, 6, (16, 4)),
    "seq_length": rng.randint(1, 5, 16),
}
model = DIN(columns, ["item"])
model.compile("adam", "binary_crossentropy")
model.fit(data, y[:16], epochs=1, verbose=0)
print("ok")
