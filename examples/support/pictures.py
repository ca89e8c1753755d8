"""Made pictures: one shape in a random colour on a mottled ground, with its kind, its outline and
its box.

They cost nothing to make, need no download, and everything about them is known: good for trying a
model out.
"""

import typing

import numpy as np

KINDS = ("circle", "cross", "triangle")


class Pictures(typing.NamedTuple):
    """`count` pictures and what is in them."""

    images: np.ndarray  # (count, size, size, 3) float32 in [0, 1]
    kinds: np.ndarray  # (count,) int32, places in KINDS
    masks: np.ndarray  # (count, size, size) int32, 1 on the shape and 0 around it
    boxes: np.ndarray  # (count, 4) float32 in [0, 1]: top, left, bottom, right of the shape


def inside(kind, x, y):
    """Where the points (x, y) lie in the shape of that kind, which fits into the circle of radius
    1.
    """
    if kind == 0:
        return x**2 + y**2 < 0.8
    if kind == 1:
        return (np.minimum(abs(x), abs(y)) < 0.3) & (np.maximum(abs(x), abs(y)) < 0.9)
    return (y < 0.5) & (y > 1.732 * abs(x) - 1.0)


def mottled(rng, size):
    """A ground of one colour with soft spots and noise, `(size, size, 3)`."""
    coarse = rng.normal(0.0, 0.08, (4, 4, 3))
    ground = rng.uniform(0.2, 0.8, 3) + np.kron(coarse, np.ones((-(-size // 4), -(-size // 4), 1)))
    return ground[:size, :size] + rng.normal(0.0, 0.03, (size, size, 3))


def make_pictures(count, size=32, seed=0, colour=None):
    """Draws pictures with shapes at random places, in random sizes and turns.

    Args:
        count: How many.
        size: Their width and height in pixels.
        seed: The same seed draws the same pictures.
        colour: Three numbers from 0 to 1, or None: each shape gets its own, well away from the
            ground's.
    """
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:size, 0:size] / (size - 1)
    images, masks, kinds, boxes = [], [], rng.integers(0, len(KINDS), count), []
    for kind in kinds:
        image = mottled(rng, size)
        radius, angle = rng.uniform(0.25, 0.42), rng.uniform(0, 2 * np.pi)
        top, left = rng.uniform(radius, 1 - radius, 2)
        x, y = (columns - left) / radius, (rows - top) / radius
        mask = inside(
            kind, x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
        )
        ground = image.mean((0, 1))
        own = (ground + rng.uniform(0.35, 0.65, 3)) % 1.0  # away from the ground in every channel
        image[mask] += (own if colour is None else np.asarray(colour)) - ground
        there = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        boxes.append([there[0][0], there[1][0], there[0][-1] + 1, there[1][-1] + 1])
        images.append(image)
        masks.append(mask)
    return Pictures(
        np.clip(images, 0, 1).astype("float32"),
        kinds.astype("int32"),
        np.array(masks, "int32"),
        np.array(boxes, "float32") / size,
    )
