"""Attacks and adversarial training."""

import numpy as np
from art.attacks.evasion import FastGradientMethod, ProjectedGradientDescent
from art.defences.trainer import AdversarialTrainer
from art.estimators.classification import TensorFlowV2Classifier
from tensorflow import keras

rng = np.random.RandomState(0)
x, y = rng.rand(16, 8, 8, 1).astype("float32"), np.eye(3)[rng.randint(0, 3, 16)].astype("float32")
model = keras.Sequential(
    [
        keras.layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(3),
    ]
)
classifier = TensorFlowV2Classifier(
    model,
    nb_classes=3,
    input_shape=(8, 8, 1),
    loss_object=keras.losses.CategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.Adam(0.01),
    clip_values=(0, 1),
)
classifier.fit(x, y, batch_size=8, nb_epochs=2)
attack = FastGradientMethod(classifier, eps=0.2)
assert np.abs(attack.generate(x) - x).max() > 0.1
AdversarialTrainer(classifier, ProjectedGradientDescent(classifier, max_iter=2, verbose=False)).fit(
    x, y, nb_epochs=1
)
assert classifier.predict(x).shape == (16, 3)
print("ok")
