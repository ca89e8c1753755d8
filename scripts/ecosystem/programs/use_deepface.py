"""Networks for faces, without their weights."""

import numpy as np
from deepface.models.facial_recognition.tf import ArcFace, Facenet, VGGFace

x = np.random.rand(1, 112, 112, 3).astype("float32")
resnet = ArcFace.ResNet34()
assert resnet.predict(x, verbose=0).shape[1:] == (4, 4, 512)
assert VGGFace.base_model().output_shape == (None, 1, 1, 2622)
assert Facenet.InceptionResNetV1(dimension=128).output_shape == (None, 128)
print("ok")
