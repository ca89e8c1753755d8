"""A U-Net with a ResNet backbone."""

import os

os.environ["SM_FRAMEWORK"] = "tf.keras"
import numpy as np
import segmentation_models as sm

x, y = np.random.RandomState(0).rand(2, 64, 64, 3), np.zeros((2, 64, 64, 1))
for make in (sm.Unet, sm.FPN, sm.Linknet):
    model = make("resnet18", classes=1, activation="sigmoid", encoder_weights=None)
    model.compile("adam", loss=sm.losses.bce_jaccard_loss, metrics=[sm.metrics.iou_score])
    model.train_on_batch(x, y)
    sm.utils.set_trainable(model, recompile=False)
assert model.predict(x, verbose=0).shape == (2, 64, 64, 1)
print("ok")
