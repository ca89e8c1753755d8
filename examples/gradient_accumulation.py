"""Gradient accumulation: the effect of a large batch with the memory of a small one.

Where a batch does not fit into memory, its gradients can be collected from parts of it: the mean of
the gradients of four batches of 32 is the gradient of the batch of 128. Here the same network is
trained three times from the same weights:

- with batches of 128;
- with batches of 32 and `gradient_accumulation_steps=4`, which every optimizer takes;
- with batches of 32 and a `train_step` of one's own that does it by hand, to see what is behind it.

But for rounding all three end with the same weights: they differ by less than 1e-3. The accuracy on
unseen digits is above 0.9. It takes a few seconds.

    python examples/gradient_accumulation.py [--epochs 20]
"""

import argparse

import tensorflow as tf
from support.digits import load_images
from support.outcome import conclude

import tfk
from tfk import layers

BATCH, PARTS = 128, 4


class Accumulating(tfk.Model):
    """Collects gradients over `PARTS` batches, then changes the weights once."""

    def compile(self, optimizer, **kwargs):
        super().compile(optimizer, **kwargs)
        self.optimizer.build(self.trainable_variables)  # its variables, before anything is compiled
        self.collected = [
            tf.Variable(tf.zeros_like(weight), trainable=False)
            for weight in self.trainable_variables
        ]
        self.parts = tf.Variable(0, trainable=False)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        for collected, gradient in zip(
            self.collected, tape.gradient(loss, self.trainable_variables)
        ):
            collected.assign_add(gradient / PARTS)
        self.parts.assign_add(1)
        if self.parts == PARTS:  # a tensor: `fit` makes a branch of the compiled graph of it
            self.change_weights()
        return self.compute_metrics(x, y, y_pred, None)

    def change_weights(self):
        self.optimizer.apply_gradients(zip(self.collected, self.trainable_variables))
        for collected in self.collected:
            collected.assign(tf.zeros_like(collected))
        self.parts.assign(0)


def build(model_class=tfk.Model):
    """The same network with the same first weights."""
    tfk.utils.set_random_seed(1)
    image = tfk.Input((8, 8, 1))
    x = layers.Dense(64, activation="tanh")(layers.Flatten()(image))
    return model_class(image, layers.Dense(10, activation="softmax")(x))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=20)
    arguments = parser.parse_args()
    images, labels = load_images()
    train, test = (
        (images[: 11 * BATCH], labels[: 11 * BATCH]),
        (images[11 * BATCH :], labels[11 * BATCH :]),
    )

    weights = []
    for name, model, batch_size, settings in (
        ("batches of 128", build(), BATCH, {}),
        ("by the optimizer", build(), BATCH // PARTS, {"gradient_accumulation_steps": PARTS}),
        ("by hand", build(Accumulating), BATCH // PARTS, {}),
    ):
        model.compile(
            tfk.optimizers.SGD(0.05, momentum=0.9, **settings),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        # In the order as it is: so that four small batches are the parts of one large one.
        model.fit(*train, batch_size=batch_size, epochs=arguments.epochs, shuffle=False, verbose=0)
        updates = int(model.optimizer.iterations)
        accuracy = model.evaluate(*test, verbose=0, return_dict=True)["accuracy"]
        print(f"{name:18s} {updates} updates, accuracy on unseen digits {accuracy:.4f}")
        weights.append(model.get_weights())

    conclude("accuracy on unseen digits", accuracy, at_least=0.9)
    difference = max(abs(a - b).max() for other in weights[1:] for a, b in zip(weights[0], other))
    conclude("largest difference of weights", difference, at_most=1e-3)


if __name__ == "__main__":
    main()
