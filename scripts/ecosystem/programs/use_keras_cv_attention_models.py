"""Networks of a large collection."""

import numpy as np
from keras_cv_attention_models import coatnet, efficientnet, resnest

x = np.random.rand(1, 64, 64, 3).astype("float32")
for build in (efficientnet.EfficientNetV2B0, resnest.ResNest50, coatnet.CoAtNet0):
    model = build(input_shape=(64, 64, 3), num_classes=4, pretrained=None)
    assert model.predict(x, verbose=0).shape == (1, 4)
print("ok")
