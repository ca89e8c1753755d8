"""Counterfactual explanations of a network."""

import dice_ml
import numpy as np
import pandas as pd
from tensorflow import keras

rng = np.random.RandomState(0)
table = pd.DataFrame({"a": rng.rand(60), "b": rng.rand(60)})
table["y"] = (table.a + table.b > 1).astype(int)
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", input_shape=(2,))])
model.compile("adam", "binary_crossentropy")
model.fit(table[["a", "b"]].to_numpy(), table.y.to_numpy(), epochs=3, verbose=0)
data = dice_ml.Data(dataframe=table, continuous_features=["a", "b"], outcome_name="y")
explainer = dice_ml.Dice(
    data, dice_ml.Model(model=model, backend="TF2", func=None), method="random"
)
explainer.generate_counterfactuals(table[["a", "b"]].iloc[:1], total_CFs=1, verbose=False)
print("ok")
