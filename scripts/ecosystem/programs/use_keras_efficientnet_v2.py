"""EfficientNetV2 without its weights."""

import keras_efficientnet_v2
import numpy as np

model = keras_efficientnet_v2.EfficientNetV2B0(
    input_shape=(64, 64, 3), num_classes=3, pretrained=None
)
assert model.predict(np.random.rand(1, 64, 64, 3), verbose=0).shape == (1, 3)
print("ok")
