"""Pictures as text in a terminal."""

import numpy as np

SHADES = np.array(list(" .:-=+*#%@"))


def print_pictures(images, captions=()):
    """Print pictures side by side.

    Args:
        images: Array of shape `(count, rows, columns)` with values from 0 to 1.
        captions: Texts to print below the pictures. Defaults to `()`.
    """
    images = np.asarray(images)
    shades = SHADES[np.clip(images * len(SHADES), 0, len(SHADES) - 1).astype(int)]
    for row in range(images.shape[1]):
        print("   ".join("".join(np.repeat(line, 2)) for line in shades[:, row]))
    if len(captions):
        print("   ".join(f"{caption:{2 * images.shape[2]}s}" for caption in captions))
