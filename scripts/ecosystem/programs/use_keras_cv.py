"""Augmentation layers, a classifier and a detector of KerasCV 0.9."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras_cv
import numpy as np
from tensorflow import keras

images, labels = (
    np.random.RandomState(0).rand(4, 64, 64, 3).astype("float32"),
    np.eye(3)[[0, 1, 2, 0]].astype("float32"),
)
for layer in (
    keras_cv.layers.RandAugment((0, 1)),
    keras_cv.layers.GridMask(),
    keras_cv.layers.RandomColorJitter((0, 1), 0.1, 0.1, 0.1, 0.1),
):
    assert layer(images).shape == images.shape
mixed = keras_cv.layers.MixUp()({"images": images, "labels": labels})
assert mixed["labels"].shape == (4, 3)


def small_backbone(size):
    return keras_cv.models.ResNetV2Backbone(
        stackwise_filters=[8, 16, 32, 64],
        stackwise_blocks=[2, 2, 2, 2],
        stackwise_strides=[1, 2, 2, 2],
        include_rescaling=True,
        input_shape=(size, size, 3),
    )


backbone = small_backbone(64)
model = keras_cv.models.ImageClassifier(backbone=backbone, num_classes=3)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(images, labels, epochs=1, verbose=0)
detector = keras_cv.models.RetinaNet(
    num_classes=2,
    bounding_box_format="xywh",
    backbone=small_backbone(128),
)
detector.compile(
    optimizer=keras.optimizers.SGD(0.01, global_clipnorm=10.0),
    classification_loss="focal",
    box_loss="smoothl1",
)
boxes = {
    "boxes": np.array([[[10, 10, 30, 30]]] * 2, "float32"),
    "classes": np.zeros((2, 1), "float32"),
}
detector.fit(np.random.rand(2, 128, 128, 3).astype("float32"), boxes, epochs=1, verbose=0)
print("ok")
