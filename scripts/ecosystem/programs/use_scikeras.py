"""Keras models as estimators of scikit-learn."""

import numpy as np
from scikeras.wrappers import KerasClassifier, KerasRegressor
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tensorflow import keras

rng = np.random.RandomState(0)
x = rng.rand(90, 4).astype("float32")
y = rng.randint(0, 3, 90)


def build(units, meta, compile_kwargs):
    model = keras.Sequential(
        [
            keras.Input((meta["n_features_in_"],)),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dense(meta["n_classes_"], activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer=compile_kwargs["optimizer"])
    return model


classifier = KerasClassifier(
    build, units=4, epochs=1, verbose=0, optimizer="adam", optimizer__learning_rate=0.01
)
search = GridSearchCV(classifier, {"units": [4, 8], "optimizer__learning_rate": [0.1, 0.01]}, cv=2)
search.fit(x, y)
assert search.predict_proba(x).shape == (90, 3)


def regressor():
    model = keras.Sequential([keras.layers.Dense(4, input_shape=(4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="adam")
    return model


pipeline = make_pipeline(StandardScaler(), KerasRegressor(regressor, epochs=2, verbose=0))
assert len(cross_val_score(pipeline, x, x.sum(1), cv=2)) == 2
print("ok")
