"""Face detection with the weights of the package."""

import numpy as np
from mtcnn import MTCNN

image = (np.random.RandomState(0).rand(96, 96, 3) * 255).astype("uint8")
assert isinstance(MTCNN(device="CPU:0").detect_faces(image), list)
print("ok")
