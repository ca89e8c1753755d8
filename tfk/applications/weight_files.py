"""Locations of the published ImageNet weights, and their download to the cache folder."""

import typing

from tfk.applications.weight_hashes import HASHES
from tfk.utils.files import cache_folder, get_file
from tfk.utils.hashing import resolve_algorithm

CACHE_SUBDIR = "models"


class Release(typing.NamedTuple):
    """Weight files of one model family: for each model, one with and one without the classifier.

    Args:
        address: Folder that holds them.
        names: Names of both files in the cache folder, `{}` stands for the model's name.
        published: Their names at the address, where these differ.
    """

    address: str
    names: tuple
    published: tuple | None = None

    def file(self, model, include_top):
        """Return the file name in the cache folder, the URL and the hash (None if none is
        published) for one model.
        """
        place = 0 if include_top else 1
        published = (self.published or self.names)[place].format(model)
        return (
            self.names[place].format(model),
            self.address + published,
            HASHES.get(model, (None, None))[place],
        )

    def fetch(self, model, include_top):
        """Return the path of a model's file in the cache folder, downloading it if necessary.

        Raises: OSError with one message that says which file to put where.
        """
        return fetch(*self.file(model, include_top), f"The ImageNet weights of {model}")


def fetch(name, address, file_hash, what):
    """Return the path of a published file in the models cache folder, downloading it if necessary.

    Args:
        name: Name in the cache folder.
        address: Where it is published.
        file_hash: Its md5 or sha256; None trusts what comes.
        what: How the message calls it.

    Raises: OSError with one message that says which file to put where.
    """
    try:
        return get_file(name, address, file_hash=file_hash, cache_subdir=CACHE_SUBDIR)
    except OSError as error:
        path = cache_folder(cache_subdir=CACHE_SUBDIR) / name
        mark = f" ({resolve_algorithm(file_hash)} {file_hash})" if file_hash else ""
        raise OSError(
            f"{what} could not be downloaded: {error}. Without network, fetch {address} elsewhere"
            f" and put the file{mark} at {path}."
        ) from error


OFFICIAL = "https://storage.googleapis.com/tensorflow/keras-applications/"


def _official(folder, names, published=None):
    return Release(f"{OFFICIAL}{folder}/", names, published)


PLAIN = ("{}.h5", "{}_notop.h5")
KERNELS = (
    "{}_weights_tf_dim_ordering_tf_kernels.h5",
    "{}_weights_tf_dim_ordering_tf_kernels_notop.h5",
)
V2_KERNELS = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{}"

CONVNEXT = _official("convnext", PLAIN)
DENSENET = _official("densenet", KERNELS)
EFFICIENTNET = Release("https://storage.googleapis.com/keras-applications/", PLAIN)
EFFICIENTNET_V2 = _official("efficientnet_v2", PLAIN)
INCEPTION_RESNET_V2 = _official("inception_resnet_v2", KERNELS)
INCEPTION_V3 = _official("inception_v3", KERNELS)
MOBILENET = _official("mobilenet", ("mobilenet_{}_tf.h5", "mobilenet_{}_tf_no_top.h5"))
MOBILENET_V2 = _official("mobilenet_v2", (f"{V2_KERNELS}.h5", f"{V2_KERNELS}_no_top.h5"))
MOBILENET_V3 = _official(
    "mobilenet_v3", ("weights_mobilenet_v3_{}.h5", "weights_mobilenet_v3_{}_no_top_v2.h5")
)
NASNET = _official(
    "nasnet",
    ("nasnet_{}.h5", "nasnet_{}_no_top.h5"),
    published=("NASNet-{}.h5", "NASNet-{}-no-top.h5"),
)
REGNET = _official("regnet", PLAIN)
RESNET = _official("resnet", KERNELS)
RESNET_RS = _official("resnet_rs", PLAIN)
VGG16 = _official("vgg16", KERNELS)
VGG19 = _official("vgg19", KERNELS)
XCEPTION = _official("xception", KERNELS)
