"""Models as scikit-learn estimators."""

import numpy as np
import pytest

import tfk

model_selection = pytest.importorskip("sklearn.model_selection")
from tfk.wrappers.scikit_learn import KerasClassifier, KerasRegressor  # noqa: E402


def classifier(units=4, outputs=1, loss="binary_crossentropy", metrics=("accuracy",)):
    activation = "sigmoid" if outputs == 1 else "softmax"
    model = tfk.Sequential(
        [
            tfk.layers.Dense(units, activation="relu", input_shape=(2,)),
            tfk.layers.Dense(outputs, activation=activation),
        ]
    )
    model.compile(tfk.optimizers.Adam(0.05), loss, metrics=list(metrics))
    return model


@pytest.fixture
def halves():
    x = np.random.RandomState(0).normal(size=(60, 2)).astype("float32")
    return x, x[:, 0] > 0


def test_grid_search_and_clone(halves):
    x, y = halves
    grid = model_selection.GridSearchCV(
        KerasClassifier(build_fn=classifier, epochs=15, verbose=0), {"units": [1, 8]}, cv=2
    )
    grid.fit(x, y)
    assert grid.best_score_ > 0.8
    assert set(grid.cv_results_["param_units"]) == {1, 8}


def test_labels_of_any_kind_come_back(halves):
    x, y = halves
    labels = np.where(y, "right", "left")
    estimator = KerasClassifier(
        classifier, outputs=2, loss="categorical_crossentropy", epochs=20, verbose=0
    )
    assert list(estimator.fit(x, labels).history) == ["loss", "accuracy"]
    assert list(estimator.classes_) == ["left", "right"]
    predicted = estimator.predict(x)
    assert (
        np.mean(predicted == labels) == pytest.approx(estimator.score(x, labels))
        and len(set(predicted)) == 2
    )
    np.testing.assert_allclose(estimator.predict_proba(x).sum(axis=1), 1.0, rtol=1e-5)


def test_one_probability_becomes_two(halves):
    x, y = halves
    estimator = KerasClassifier(classifier, epochs=1, verbose=0)
    estimator.fit(x, y, epochs=2)
    assert (
        len(estimator.model.history.history["loss"]) == 2
    )  # arguments of fit go before parameters
    assert estimator.predict_proba(x).shape == (60, 2) and estimator.predict(x).dtype == bool


def test_regressor_scores_with_the_negative_loss(halves):
    x, _ = halves

    def build():
        model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse", metrics=["mae"])
        return model

    estimator = KerasRegressor(build, epochs=1, verbose=0)
    estimator.fit(x, x[:, 1])
    assert estimator.predict(x).shape == (60,)
    expected = -np.mean((estimator.predict(x) - x[:, 1]) ** 2)
    assert estimator.score(x, x[:, 1]) == pytest.approx(expected, rel=1e-4)


def test_errors(halves):
    x, y = halves
    with pytest.raises(ValueError, match="'unit' is an argument neither of build_fn nor"):
        KerasClassifier(classifier, unit=3)
    with pytest.raises(ValueError, match="'depth'"):
        KerasClassifier(classifier).set_params(depth=3)
    with pytest.raises(AttributeError, match="call fit"):
        KerasClassifier(classifier).predict(x)
    with pytest.raises(ValueError, match="1 or 2 dimensions"):
        KerasClassifier(classifier).fit(x, np.zeros((60, 2, 2)))
    estimator = KerasClassifier(classifier, metrics=(), epochs=1, verbose=0)
    estimator.fit(x, y)
    with pytest.raises(ValueError, match=r"metrics=\[.accuracy.\]"):
        estimator.score(x, y)
