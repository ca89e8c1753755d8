"""Three ways to write the same model: as a list of layers, as a graph of layers, as a class.

`Sequential` is the shortest, for layers one behind the other. The functional way, `Model(inputs,
outputs)`, allows several inputs and outputs, branches, and layers used twice; and as such a model
knows its graph, one can cut a part out of it, to see what a layer inside makes of a picture. A
subclass of `Model` runs whatever Python its `call` holds.

All three start with the same weights and are trained alike: the probabilities they give differ by
less than 1e-5. Each is saved and loaded, and more than 95 % of the test digits are read rightly. It
takes a few seconds.

    python examples/three_kinds_of_models.py [--epochs 15] [--data mnist --epochs 2]
"""

import argparse
import pathlib
import tempfile

import numpy as np
from support.outcome import conclude

import tfk
from tfk import layers
from tfk.cli.pictures import print_pictures

CLASSES = 10


def load_data(name):
    """Images from 0 to 1 and labels as rows with a single 1."""
    parts = getattr(tfk.datasets, name).load_data()
    scale = np.float32(parts[0][0].max())
    return [
        (images[..., np.newaxis] / scale, tfk.utils.to_categorical(labels, CLASSES))
        for images, labels in parts
    ]


def make_sequential(shape):
    return tfk.Sequential(
        [
            tfk.Input(shape),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(CLASSES, activation="softmax"),
        ],
        name="sequential_model",
    )


def make_functional(shape):
    image = tfk.Input(shape, name="image")
    x = layers.Conv2D(32, 3, padding="same", activation="relu", name="strokes")(image)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    return tfk.Model(image, layers.Dense(CLASSES, activation="softmax")(x), name="functional_model")


@tfk.utils.register_keras_serializable("examples")  # so that a file with such a model can be loaded
class DigitReader(tfk.Model):
    """The model as a class; what `get_config` gives is what `__init__` takes."""

    def __init__(self, classes=CLASSES, **kwargs):
        super().__init__(**kwargs)
        self.classes = classes
        self.convolutions = [
            layers.Conv2D(n, 3, padding="same", activation="relu") for n in (32, 64)
        ]
        self.pool = layers.MaxPooling2D()
        self.flatten = layers.Flatten()
        self.answer = layers.Dense(classes, activation="softmax")

    def call(self, images):
        x = images
        for convolution in self.convolutions:
            x = self.pool(convolution(x))
        return self.answer(self.flatten(x))

    def get_config(self):
        return {**super().get_config(), "classes": self.classes}


def saved_and_loaded(model):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "model.keras")
        model.save(path)
        return tfk.models.load_model(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--data", choices=("digits", "mnist", "fashion_mnist"), default="digits")
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    train, test = load_data(arguments.data)
    shape = train[0].shape[1:]

    models = make_sequential(shape), make_functional(shape), DigitReader(name="subclassed_model")
    models[2].build((None, *shape))  # a class has no Input layer: it learns here what comes
    start, answers = models[0].get_weights(), []
    for model in models:
        model.summary()
        model.set_weights(start)
        model.compile("adam", loss="categorical_crossentropy", metrics=["accuracy"])
        tfk.utils.set_random_seed(1)  # the same order of the batches
        model.fit(*train, batch_size=64, epochs=arguments.epochs, verbose=0)
        model = saved_and_loaded(model)
        accuracy = model.evaluate(*test, verbose=0, return_dict=True)["accuracy"]
        print(f"{model.name}: test accuracy {accuracy:.4f}\n")
        answers.append(model.predict(test[0], verbose=0))

    strokes = tfk.Model(models[1].input, models[1].get_layer("strokes").output)
    seen = strokes.predict(test[0][:1], verbose=0)[0]  # (height, width, 32)
    print("a digit, and what four of the first filters find in it:")
    print_pictures(
        [test[0][0, ..., 0], *(seen[..., i] / max(seen[..., i].max(), 1e-6) for i in range(4))]
    )

    conclude("test accuracy", accuracy, at_least=0.95 if arguments.data == "digits" else 0.85)
    difference = max(abs(answers[0] - other).max() for other in answers[1:])
    conclude("largest difference of the answers", difference, at_most=1e-5)


if __name__ == "__main__":
    main()
