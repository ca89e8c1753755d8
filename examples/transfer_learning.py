"""Transfer learning: what a network learned from many pictures helps it to tell a few others apart.

The way in three steps: take a trained network without its classifier and freeze it; train a new
head on the features that it gives; then unfreeze its last layers and train on with a small learning
rate. Augmentation layers turn and mirror the few pictures there are.

Without options everything is made on the spot. A small MobileNet first learns 2,400 coloured
pictures of circles, crosses and triangles. Then come 120 photos of such shapes by another camera,
as negatives, faint and noisy, in a folder for each class: more than 80 % of 300 unseen ones are
named rightly in the end, after about a minute on two cores.

With `--data FOLDER`, which holds `train/` and `validation/` with a folder of photos for each class
(such as cats and dogs), the network learns those. Real photos need a network that has seen real
photos: `--base VGG16` takes one with its ImageNet weights, downloaded once, or those of `--weights
FILE`.

Sources: Yosinski et al., 2014, How transferable are features in deep neural networks?,
arXiv:1411.1792; Howard et al., 2017, MobileNets, arXiv:1704.04861.

    python examples/transfer_learning.py [--data photos/cats_vs_dogs] [--base VGG16 --image-size
    150]
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np
from support.outcome import conclude
from support.pictures import KINDS, make_pictures

import tfk
from tfk import layers
from tfk.applications import MobileNet


def other_camera(images, seed):
    """What was dark is light and the other way round, colours are fainter, and noise comes in."""
    noise = np.random.default_rng(seed).normal(0, 0.03, images.shape)
    return np.clip(0.8 - 0.6 * images + noise, 0, 1)


def write_photos(folder, image_size):
    """Makes a data set as one would download it: `train/circle/0001.png` and so on."""
    for part, count, seed in (("train", 120, 3), ("validation", 300, 4)):
        pictures = make_pictures(count, image_size, seed)
        for name in KINDS:
            (folder / part / name).mkdir(parents=True)
        for number, image in enumerate(other_camera(pictures.images, seed)):
            path = folder / part / KINDS[pictures.kinds[number]] / f"{number:04d}.png"
            tfk.utils.save_img(path, 255 * image, scale=False)


def load_photos(folder, image_size, shuffle):
    """Batches of images from 0 to 255 and labels; `class_names` are the names of the folders."""
    return tfk.utils.image_dataset_from_directory(
        folder, image_size=(image_size, image_size), batch_size=16, shuffle=shuffle, seed=1
    )


def base_from_pictures(image_size, epochs):
    """A small MobileNet that has learned coloured pictures, without its classifier, and what
    prepares images for it.
    """
    pictures = make_pictures(2400, image_size, seed=1)
    base = MobileNet(
        input_shape=(image_size, image_size, 3),
        alpha=0.25,
        include_top=False,
        weights=None,
        pooling="avg",
    )
    model = tfk.Sequential([base, layers.Dense(len(KINDS), activation="softmax")])
    model.compile(
        tfk.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    prepare = tfk.applications.mobilenet.preprocess_input
    images = prepare(255 * pictures.images)
    model.fit(images, pictures.kinds, batch_size=32, epochs=5 * epochs // 4, verbose=2)
    return base, prepare


def base_from_applications(name, weights, image_size):
    """An application with trained weights, without its classifier, and what prepares images for
    it.
    """
    build = getattr(tfk.applications, name)
    try:
        base = build(
            input_shape=(image_size, image_size, 3),
            include_top=False,
            weights=weights,
            pooling="avg",
        )
    except OSError as error:  # no network: the message says which file to put where
        sys.exit(str(error))
    return base, sys.modules[build.__module__].preprocess_input


def with_new_head(base, prepare, image_size, classes):
    """Augmentation, the base as it predicts (its batch statistics stay, also later), and a
    classifier.
    """
    image = tfk.Input((image_size, image_size, 3))
    x = layers.RandomFlip("horizontal", seed=1)(image)
    x = layers.RandomRotation(0.1, seed=2)(x)
    x = base(prepare(x), training=False)
    x = layers.Dropout(0.2, seed=3)(x)
    return tfk.Model(image, layers.Dense(classes, activation="softmax")(x), name="transferred")


def train(model, learning_rate, epochs, photos, validation):
    """Some epochs; what is frozen when a model is compiled stays as it is."""
    model.compile(
        tfk.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    print(f"{len(model.trainable_weights)} of {len(model.weights)} weights are trained:")
    model.fit(photos, epochs=epochs, validation_data=validation, verbose=2)
    return model.evaluate(validation, verbose=0, return_dict=True)["accuracy"]


def run(folder, arguments):
    """The three steps; returns the accuracy on `folder/validation`."""
    size = arguments.image_size
    photos = load_photos(folder / "train", size, shuffle=True)
    validation = load_photos(folder / "validation", size, shuffle=False).cache()
    if arguments.base:
        weights = None if arguments.weights == "none" else arguments.weights
        base, prepare = base_from_applications(arguments.base, weights, size)
    else:
        base, prepare = base_from_pictures(size, arguments.epochs)
    model = with_new_head(base, prepare, size, len(photos.class_names))
    base.trainable = False
    head_alone = train(model, 1e-2, arguments.epochs, photos, validation)
    base.trainable = True
    for layer in base.layers[: len(base.layers) // 2]:
        layer.trainable = False  # edges and colours look alike in all pictures
    tuned = train(model, 3e-4, arguments.epochs, photos, validation)
    print(f"new head on the frozen base {head_alone:.3f}, after fine-tuning {tuned:.3f}")
    return tuned


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=8, help="of each step")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--data", type=pathlib.Path, help="folder with train/ and validation/")
    parser.add_argument("--base", help="an application with trained weights, such as VGG16")
    parser.add_argument(
        "--weights", default="imagenet", help="of that application: a file, or none"
    )
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    if arguments.data:
        conclude("validation accuracy", run(arguments.data, arguments))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_photos(pathlib.Path(folder), arguments.image_size)
        conclude("validation accuracy", run(pathlib.Path(folder), arguments), at_least=0.8)


if __name__ == "__main__":
    main()
