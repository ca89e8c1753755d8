"""The package's handwritten digits as generative models want them, and a judge of the digits they
draw.
"""

import numpy as np

import tfk
from tfk import layers


def load_images():
    """1,797 images `(count, 8, 8, 1)` from 0 (paper) to 1 (ink), and their digits."""
    (x_train, y_train), (x_test, y_test) = tfk.datasets.digits.load_data()
    images = np.concatenate([x_train, x_test])[..., np.newaxis] / np.float32(16)
    return images, np.concatenate([y_train, y_test])


class Judge:
    """Says how good drawn digits are, by a small network that has learned to read real ones."""

    def __init__(self):
        images, labels = load_images()
        self.reader = tfk.Sequential(
            [
                tfk.Input((8, 8, 1)),
                layers.Conv2D(32, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(64, 3, padding="same", activation="relu"),
                layers.Flatten(),
                layers.Dropout(0.3),
                layers.Dense(10, activation="softmax"),
            ],
            name="reader",
        )
        self.reader.compile("adam", "sparse_categorical_crossentropy")
        self.reader.fit(images, labels, epochs=20, batch_size=64, verbose=0)

    def score(self, images):
        """From 1 to 10: how many digits are drawn clearly and equally often.

        This is the inception score with our reader in the place of the Inception network: e to the
        mean divergence of the answers to single images from the answers on average. All digits
        alike or unreadable give 1, ten digits without a doubt give 10; the real images get 9.3.

        Source: Salimans et al., 2016, Improved Techniques for Training GANs, arXiv:1606.03498.
        """
        answers = self.reader.predict(images, batch_size=500, verbose=0) + 1e-12
        average = answers.mean(0)
        return float(np.exp((answers * np.log(answers / average)).sum(1).mean()))

    def read(self, images):
        """The digit that each image shows."""
        return self.reader.predict(images, batch_size=500, verbose=0).argmax(-1)
