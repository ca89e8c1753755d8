"""A spread of small applications by numbers; `make conformance` does the same with all of them."""

import pytest

pytest.importorskip("tf_keras")

from tests.applications.exchange import both, check_archive, check_weight_file

LOGITS = {"classifier_activation": None}
NO_TOP = {"include_top": False}
WEIGHT_FILES = [
    ("ConvNeXtTiny", NO_TOP),
    ("EfficientNetB0", LOGITS),
    ("EfficientNetV2B0", {**NO_TOP, "pooling": "max"}),
    ("InceptionV3", NO_TOP),
    ("MobileNet", {**LOGITS, "alpha": 0.25}),
    ("MobileNetV2", {**LOGITS, "alpha": 0.35}),
    ("MobileNetV3Small", {**LOGITS, "minimalistic": True}),
    ("RegNetX002", LOGITS),
    ("RegNetY002", {**NO_TOP, "pooling": "avg"}),
    ("ResNet50", LOGITS),
    ("ResNetRS50", NO_TOP),
    ("VGG16", {**LOGITS, "input_shape": (32, 32, 3)}),
    ("Xception", NO_TOP),
]
ARCHIVES = [
    ("ConvNeXtTiny", NO_TOP),
    ("EfficientNetV2B0", LOGITS),
    ("MobileNetV3Small", LOGITS),
]


@pytest.mark.parametrize("name, arguments", WEIGHT_FILES, ids=[name for name, _ in WEIGHT_FILES])
def test_weight_files_of_keras_load_by_order_and_by_name(name, arguments, tmp_path):
    theirs, build = both(name, arguments)
    check_weight_file(theirs, build, tmp_path)


@pytest.mark.parametrize("name, arguments", ARCHIVES, ids=[name for name, _ in ARCHIVES])
def test_keras_files_go_both_ways(name, arguments, tmp_path):
    theirs, build = both(name, arguments)
    ours = build()
    ours.set_weights(theirs.get_weights())
    check_archive(theirs, ours, tmp_path)
