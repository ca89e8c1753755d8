"""Deep learning for time series."""

import numpy as np
from aeon.classification.deep_learning import InceptionTimeClassifier, TimeCNNClassifier
from aeon.regression.deep_learning import FCNRegressor

x = np.random.rand(12, 1, 24)
y = np.array([0, 1] * 6)
classifier = TimeCNNClassifier(n_epochs=2, batch_size=4)
assert classifier.fit(x, y).predict(x).shape == (12,)
assert FCNRegressor(n_epochs=1, batch_size=4).fit(x, x[:, 0, 0]).predict(x).shape == (12,)
inception = InceptionTimeClassifier(n_classifiers=1, n_epochs=1, batch_size=4, depth=2, n_filters=2)
assert inception.fit(x, y).predict_proba(x).shape == (12, 2)
print("ok")
