"""VGG with 16 layers; `vgg` builds both members of the family."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.variants import variant

FILTERS = (64, 128, 256, 512, 512)


def vgg(
    model_name,
    convolutions,
    release,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Five blocks of {convolutions} 3x3 convolutions, each followed by pooling, then three Dense
    layers.

    Images: 224x224 for the classifier, at least 32x32; prepare them with `vgg16.preprocess_input`.
    Source: Simonyan and Zisserman, 2014, arXiv:1409.1556.
    """
    request = Request(
        model_name,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )
    x = request.start(default_size=224, minimum_size=32)
    for block, (filters, count) in enumerate(zip(FILTERS, convolutions), start=1):
        for number in range(1, count + 1):
            name = f"block{block}_conv{number}"
            x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    if request.include_top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(4096, activation="relu", name="fc1")(x)
        x = layers.Dense(4096, activation="relu", name="fc2")(x)
        x = request.classify(x)
    else:
        x = request.pool(x)
    return request.model(model_name, x, release)


VGG16 = variant(
    __name__,
    "VGG16",
    vgg,
    model_name="vgg16",
    convolutions=(2, 2, 3, 3, 3),
    release=weight_files.VGG16,
)

preprocess_input = imagenet_utils.preprocess_caffe
decode_predictions = imagenet_utils.decode_predictions
