"""Models as scikit-learn estimators: `GridSearchCV`, `cross_val_score`, pipelines. Needs
scikit-learn.

Keras dropped these classes in 2.12; many courses still use them.
"""

import inspect

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from tfk.engine.model.model import Model
from tfk.utils.arrays import to_categorical

_MODEL_METHODS = (Model.fit, Model.predict, Model.evaluate)


class BaseWrapper(BaseEstimator):
    """Base class of classifier and regressor: parameters, and their routing to the model.

    Args:
        build_fn: Function that returns a compiled model, or an object with such a `__call__`; None
            takes `__call__` of a subclass.
        **sk_params: Arguments of `build_fn`, and of `fit`, `predict` and `evaluate` of the model.
            Those that `fit` and its kind are given go before.

    Raises: ValueError for a parameter that none of these functions takes.
    """

    def __init__(self, build_fn=None, **sk_params):
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def check_params(self, params):
        """Raise ValueError if a parameter is not an argument of any function that is called."""
        functions = (self._builder(), *_MODEL_METHODS)
        known = {name for function in functions for name in _arguments(function)}
        for name in set(params) - known - {"nb_epoch"}:
            raise ValueError(
                f"{type(self).__name__}: {name!r} is an argument neither of build_fn nor of fit,"
                " predict or evaluate."
            )

    def get_params(self, deep=True):
        """Return the parameters, `build_fn` included, as a dict."""
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params):
        """Change parameters; return the estimator."""
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.check_params(params)
        self.sk_params = {**self.sk_params, **params}
        return self

    def fit(self, x, y, **kwargs):
        """Build a new model and train it; return its History."""
        self.model = self._builder()(**self.filter_sk_params(self._builder()))
        if _name_of(self.model.loss) == "categorical_crossentropy" and np.ndim(y) != 2:
            y = to_categorical(y)
        return self.model.fit(x, y, **self.filter_sk_params(Model.fit, kwargs))

    def filter_sk_params(self, fn, override=None):
        """Return the parameters that `fn` takes, replaced and completed by `override`."""
        accepted = _arguments(fn)
        return {**{k: v for k, v in self.sk_params.items() if k in accepted}, **(override or {})}

    def _builder(self):
        if self.build_fn is None:
            return self.__call__
        return self.build_fn if inspect.isroutine(self.build_fn) else self.build_fn.__call__

    def _fitted(self):
        if not hasattr(self, "model"):
            raise AttributeError(f"{type(self).__name__}: call fit() first to create the model.")
        return self.model


class KerasClassifier(ClassifierMixin, BaseWrapper):
    """A classification model as an estimator; labels may be any values.

    Args:
        build_fn, **sk_params: See `BaseWrapper`.

    >>> def build(units=4):
    ...     hidden = tfk.layers.Dense(units, activation="relu")
    ...     layers = [hidden, tfk.layers.Dense(1, activation="sigmoid")]
    ...     model = tfk.Sequential(layers)
    ...     model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    ...     return model
    >>> estimator = KerasClassifier(build, units=8, epochs=2, verbose=0)
    >>> history = estimator.fit(np.ones((6, 3)), ["no", "yes"] * 3)
    >>> estimator.predict_proba(np.ones((4, 3))).shape
    (4, 2)
    """

    def fit(self, x, y, **kwargs):
        """Train on labels `(samples,)` or `(samples, 1)` of any kind, or one-hot rows."""
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError(
                f"KerasClassifier: y must have 1 or 2 dimensions, got shape {y.shape}."
            )
        self.n_classes_ = len(self.classes_)
        return super().fit(x, y, **kwargs)

    def predict(self, x, **kwargs):
        """Return the most probable label of each row, `(samples,)`; `(samples, 1)` where the model
        has one output.
        """
        probabilities = self._fitted().predict(x, **self.filter_sk_params(Model.predict, kwargs))
        if probabilities.shape[-1] > 1:
            return self.classes_[probabilities.argmax(axis=-1)]
        return self.classes_[(probabilities > 0.5).astype("int32")]

    def predict_proba(self, x, **kwargs):
        """Probabilities of the classes, `(samples, classes)`."""
        probabilities = self._fitted().predict(x, **self.filter_sk_params(Model.predict, kwargs))
        if probabilities.shape[1] == 1:
            return np.hstack([1 - probabilities, probabilities])
        return probabilities

    def score(self, x, y, **kwargs):
        """Mean accuracy of the model on these samples.

        Raises: ValueError if the model was compiled without accuracy among its metrics.
        """
        model = self._fitted()
        y = (
            np.searchsorted(self.classes_, y)
            if np.ndim(y) == 1 or np.shape(y)[1] == 1
            else np.asarray(y)
        )
        if _name_of(model.loss) == "categorical_crossentropy" and y.ndim != 2:
            y = to_categorical(y, self.n_classes_)
        arguments = self.filter_sk_params(Model.evaluate, kwargs)
        logs = model.evaluate(x, y, **{**arguments, "return_dict": True})
        for name in ("accuracy", "acc"):
            if name in logs:
                return logs[name]
        raise ValueError('KerasClassifier: score needs a model compiled with metrics=["accuracy"].')


class KerasRegressor(RegressorMixin, BaseWrapper):
    """A regression model as an estimator.

    Args:
        build_fn, **sk_params: See `BaseWrapper`.
    """

    def predict(self, x, **kwargs):
        """Return the predictions without axes of size 1."""
        return np.squeeze(self._fitted().predict(x, **self.filter_sk_params(Model.predict, kwargs)))

    def score(self, x, y, **kwargs):
        """Return the negative loss: higher is better, as scikit-learn expects."""
        loss = self._fitted().evaluate(x, y, **self.filter_sk_params(Model.evaluate, kwargs))
        return -(loss[0] if isinstance(loss, list) else loss)


def _arguments(function):
    return tuple(inspect.signature(function).parameters)


def _name_of(loss):
    return getattr(loss, "__name__", None) or getattr(loss, "name", loss)
