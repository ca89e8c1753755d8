"""An EfficientNet with its own weight file format."""

import efficientnet.tfkeras as efn
import numpy as np
from tensorflow import keras

model = efn.EfficientNetB0(weights=None, include_top=False, input_shape=(64, 64, 3), pooling="avg")
full = keras.Sequential([model, keras.layers.Dense(2)])
full.compile("adam", "mse")
full.train_on_batch(np.random.rand(2, 64, 64, 3), np.zeros((2, 2)))
full.save_weights("efficientnet.h5")
full.load_weights("efficientnet.h5")
assert model.count_params() == 4049564
print("ok")
