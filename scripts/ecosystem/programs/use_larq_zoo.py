"""A binary network without its weights."""

import larq_zoo
import numpy as np

model = larq_zoo.sota.QuickNetSmall(weights=None, input_shape=(64, 64, 3), num_classes=3)
assert model.predict(np.random.rand(1, 64, 64, 3), verbose=0).shape == (1, 3)
print("ok")
