"""Import path of the preprocessing layers before Keras 2.6."""

from tfk.layers.preprocessing.category_encoding import CategoryEncoding
from tfk.layers.preprocessing.center_crop import CenterCrop
from tfk.layers.preprocessing.discretization import Discretization
from tfk.layers.preprocessing.hashed_crossing import HashedCrossing
from tfk.layers.preprocessing.hashing import Hashing
from tfk.layers.preprocessing.integer_lookup import IntegerLookup
from tfk.layers.preprocessing.normalization import Normalization
from tfk.layers.preprocessing.preprocessing_layer import PreprocessingLayer
from tfk.layers.preprocessing.random_brightness import RandomBrightness
from tfk.layers.preprocessing.random_contrast import RandomContrast
from tfk.layers.preprocessing.random_crop import RandomCrop
from tfk.layers.preprocessing.random_flip import RandomFlip
from tfk.layers.preprocessing.random_height import RandomHeight
from tfk.layers.preprocessing.random_rotation import RandomRotation
from tfk.layers.preprocessing.random_translation import RandomTranslation
from tfk.layers.preprocessing.random_width import RandomWidth
from tfk.layers.preprocessing.random_zoom import RandomZoom
from tfk.layers.preprocessing.rescaling import Rescaling
from tfk.layers.preprocessing.resizing import Resizing
from tfk.layers.preprocessing.string_lookup import StringLookup
from tfk.layers.preprocessing.text_vectorization import TextVectorization
