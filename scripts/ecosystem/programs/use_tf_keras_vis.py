"""Saliency, Grad-CAM, Score-CAM and activation maximization."""

import numpy as np
from tensorflow import keras
from tf_keras_vis.activation_maximization import ActivationMaximization
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
from tf_keras_vis.saliency import Saliency
from tf_keras_vis.scorecam import Scorecam
from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
from tf_keras_vis.utils.scores import CategoricalScore

model = keras.Sequential(
    [
        keras.Input((16, 16, 3)),
        keras.layers.Conv2D(4, 3, activation="relu", name="conv"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
images = np.random.RandomState(0).rand(2, 16, 16, 3).astype("float32")
score = CategoricalScore([0, 2])
assert Saliency(model, ReplaceToLinear(), clone=True)(score, images).shape == (2, 16, 16)
assert Saliency(model)(score, images, smooth_samples=2).shape == (2, 16, 16)
for kind in (Gradcam, GradcamPlusPlus, Scorecam):
    cam = kind(model, model_modifier=ReplaceToLinear(), clone=True)(
        score, images, penultimate_layer=-1
    )
    assert cam.shape == (2, 16, 16), kind
best = ActivationMaximization(model, ReplaceToLinear())(CategoricalScore(1), steps=3)
assert best.shape == (1, 16, 16, 3)
print("ok")
