"""Object detection in miniature: what is in the picture, and where? One network, two answers.

A model with two outputs, each with its own loss and metric: the kind of the shape (a class) and its
box (four numbers from 0 to 1: top, left, bottom, right). The figure for boxes is the intersection
over union: the area that the true box and the answered one share, divided by the area that they
cover together. A metric of our own keeps its mean.

The pictures are made. With 300 unseen ones, after half a minute on two cores, the mean intersection
over union is above 0.7, and more than 85 % of the shapes are named rightly.

    python examples/object_detection.py [--epochs 12]
"""

import argparse

import tensorflow as tf
from support.outcome import conclude
from support.pictures import KINDS, make_pictures

import tfk
from tfk import layers


def area(top_left, bottom_right):
    """Area of boxes; nothing where a box ends before it begins."""
    return tf.reduce_prod(tf.maximum(bottom_right - top_left, 0), axis=-1)


def intersection_over_union(a, b):
    """Of boxes `(..., 4)`: top, left, bottom, right."""
    shared = area(tf.maximum(a[..., :2], b[..., :2]), tf.minimum(a[..., 2:], b[..., 2:]))
    return shared / (area(a[..., :2], a[..., 2:]) + area(b[..., :2], b[..., 2:]) - shared + 1e-7)


class MeanBoxIoU(tfk.metrics.Mean):
    """Mean intersection over union of boxes."""

    def __init__(self, name="box_iou", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        overlap = intersection_over_union(tf.cast(y_true, y_pred.dtype), y_pred)
        return super().update_state(overlap, sample_weight)


def build_model(size):
    """Convolutions down to a 4x4 picture of what is where; the place of things matters, so it is
    not averaged away.
    """
    image = tfk.Input((size, size, 3), name="image")
    x = image
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    x = layers.Dense(128, activation="relu")(x)
    kind = layers.Dense(len(KINDS), activation="softmax", name="kind")(x)
    # From zeros: the first answer is a box of no size in the middle, from where every box is
    # equally near.
    box = layers.Dense(4, activation="sigmoid", kernel_initializer="zeros", name="box")(x)
    return tfk.Model(image, {"kind": kind, "box": box}, name="detector")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=12)
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    train, test = make_pictures(2000, seed=1), make_pictures(300, seed=2)

    batch_size = 50
    steps = arguments.epochs * len(train.images) // batch_size

    model = build_model(32)
    model.compile(
        tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss={"kind": "sparse_categorical_crossentropy", "box": "huber"},
        loss_weights={
            "kind": 1.0,
            "box": 20.0,
        },  # squares of a few hundredths are small beside a cross-entropy
        metrics={"kind": "accuracy", "box": MeanBoxIoU()},
    )
    model.fit(
        train.images,
        {"kind": train.kinds, "box": train.boxes},
        batch_size=batch_size,
        epochs=arguments.epochs,
        verbose=2,
    )

    answers = model.predict(test.images[:5], verbose=0)
    for number, (kind, box) in enumerate(zip(answers["kind"], answers["box"])):
        place = ", ".join(f"{value:.2f}" for value in box)
        truth = ", ".join(f"{value:.2f}" for value in test.boxes[number])
        print(
            f"{KINDS[kind.argmax()]:8s} at {place}; it is a {KINDS[test.kinds[number]]:8s} at"
            f" {truth}"
        )
    results = model.evaluate(
        test.images, {"kind": test.kinds, "box": test.boxes}, verbose=0, return_dict=True
    )
    conclude("shapes named rightly", results["kind_accuracy"], at_least=0.85)
    conclude("mean intersection over union of the boxes", results["box_box_iou"], at_least=0.7)


if __name__ == "__main__":
    main()
