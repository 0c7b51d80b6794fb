"""Networks with scikit-learn's interface, which has to be installed."""

import math
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from cordee.folders import temporary_folder
from cordee.run_folder import train

try:
    from sklearn.utils.validation import validate_data
except ImportError:  # before 1.6

    def validate_data(estimator, *arrays, **options):
        return estimator._validate_data(*arrays, **options)


__all__ = ["MLPClassifier", "MLPRegressor"]

# Partitions can be computed at the same time; smaller ones cost more than they bring.
_MOST_PARTITIONS = 32
_ROWS_OF_PARTITION = 16
_GELU = math.sqrt(2 / math.pi)

_ACTIVATIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 0.5 + 0.5 * np.tanh(0.5 * x),
    "relu": lambda x: np.maximum(x, 0),
    "leaky-relu": lambda x: np.where(x < 0, 0.01 * x, x),
    "elu": lambda x: np.where(x < 0, np.expm1(np.minimum(x, 0)), x),
    "softplus": lambda x: np.logaddexp(0, x),
    "gelu": lambda x: 0.5 * x * (1 + np.tanh(_GELU * (x + 0.044715 * x**3))),
}
# Those that are 0 or nearly so on one side want larger weights to begin with.
_ONE_SIDED = ("relu", "leaky-relu", "elu", "gelu")

_PARAMETERS = """
    Parameters
    ----------
    hidden_layer_sizes : units of each hidden layer; () for none
    activation : of hidden units: tanh, sigmoid, relu, leaky-relu, elu, softplus or gelu
    optimizer : Cordee's optimizer, by name, or with its settings, as in {"name": "adam", "learning_rate": 0.01}
    alpha : alpha / n_samples * w is added to the mean gradient, but for biases, as scikit-learn does
    batch_size : rows of a round; None for all
    max_iter : passes over the rows; with all rows in a round, that is rounds
    early_stopping : whether to hold out validation_fraction of the rows, to end when their loss has not improved for
        n_iter_no_change passes, and to keep the weights that were best on them
    standardize : whether features, and targets, are brought to mean 0 and standard deviation 1
    workers : processes that compute; None for threads of one Java process, which later fits use again
    threads : that compute in each worker; None for the processors, shared by the workers
    random_state : equal integers give equal bits, whatever workers and threads
    verbose : whether to print the progress

    Attributes
    ----------
    coefs_, intercepts_ : float32 arrays [units before, units] and [units] of each layer; of standardized features
    loss_curve_, loss_ : mean training loss after each round (without alpha; of standardized targets), and the last one
    validation_scores_ : with early_stopping, accuracy or R² on the rows held out, at each evaluation
    n_iter_ : rounds
    n_features_in_, feature_names_in_ : as in scikit-learn

    fit raises ValueError for wrong rows, and cordee.Problem for wrong settings, in the words of the command line.
"""


class _Network(BaseEstimator):

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        activation="relu",
        *,
        optimizer="irprop-",
        alpha=0.0001,
        batch_size=None,
        max_iter=200,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        standardize=True,
        workers=None,
        threads=None,
        random_state=None,
        verbose=False,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.optimizer = optimizer
        self.alpha = alpha
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.standardize = standardize
        self.workers = workers
        self.threads = threads
        self.random_state = random_state
        self.verbose = verbose

    def _train(self, rows, kind, wanted, outputs, score):
        """Sets the weights to those trained: ``wanted`` are "labels" [rows] or "targets" [rows, outputs]."""
        self._center, self._scale = _moments(rows) if self.standardize else (0.0, 1.0)
        with temporary_folder() as folder:
            np.save(folder / "x.npy", _float32((rows - self._center) / self._scale, "X"))
            np.save(folder / "y.npy", wanted)
            job = self._job(*rows.shape, outputs, kind)
            run = train(
                job,
                data=folder,
                out=folder / "run",
                workers=self.workers,
                threads=self.threads,
                quiet=not self.verbose,
            )
            weights = list(run.state_dict(best=self.early_stopping).values())
            metrics = run.metrics
        self.coefs_ = [matrix.T.copy() for matrix in weights[::2]]
        self.intercepts_ = [vector.copy() for vector in weights[1::2]]
        self.n_iter_ = int(metrics["round"][-1])
        self.loss_curve_ = metrics["loss"][1:].tolist()
        self.loss_ = float(metrics["loss"][-1])
        if self.early_stopping:
            scores = metrics[f"validation_{score}"]
            self.validation_scores_ = scores[np.isfinite(scores)].tolist()

    def _job(self, rows, features, outputs, kind):
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        hidden = np.atleast_1d(np.asarray(self.hidden_layer_sizes, dtype=int)).tolist()
        optimizer = {"name": self.optimizer} if isinstance(self.optimizer, str) else dict(self.optimizer)
        if self.alpha:
            optimizer.setdefault("weight_decay", self.alpha / rows)
            if optimizer["name"] != "newton":
                optimizer.setdefault("decay_biases", False)
        kept = rows
        data = {"train": {"format": "npy", "features": "x.npy", kind: "y.npy"}}
        stop = {"epochs": self.max_iter}
        if self.early_stopping:
            kept = max(1, int(rows * (1 - self.validation_fraction)) - 1)
            data["split"] = {
                "validation": self.validation_fraction,
                "seed": seed,
                "stratify": kind == "labels",
            }
            stop["patience"] = self.n_iter_no_change
        batch = None if self.batch_size is None else min(self.batch_size, kept)
        return {
            "name": type(self).__name__,
            "model": {
                "layers": [features, *hidden, outputs],
                "activation": self.activation,
                "output": "softmax" if kind == "labels" else "linear",
                "init": {"scheme": "he" if self.activation in _ONE_SIDED else "glorot", "seed": seed},
            },
            "data": data,
            "optimizer": optimizer,
            "batch": "full" if batch is None else {"rows": batch, "seed": seed},
            "partitions": max(1, min(_MOST_PARTITIONS, kept // _ROWS_OF_PARTITION)),
            "stop": stop,
            # A pass over the rows.
            "evaluate_every": 1 if batch is None else max(1, kept // batch),
            "digest_every": 0,
            "checkpoint": {"every": 0},
        }

    def _outputs(self, X):
        """Computes outputs before the last layer's function, in float64: a row's are then the same among any others."""
        check_is_fitted(self)
        values = (validate_data(self, X, reset=False, dtype=np.float64) - self._center) / self._scale
        for layer, (weights, biases) in enumerate(zip(self.coefs_, self.intercepts_), start=1):
            values = values @ weights.astype(np.float64) + biases
            if layer < len(self.coefs_):
                values = _ACTIVATIONS[self.activation](values)
        return values


class MLPClassifier(ClassifierMixin, _Network):
    __doc__ = f"""A network with softmax outputs, trained by Cordee.
    {_PARAMETERS}"""

    def fit(self, X: Any, y: Any) -> "MLPClassifier":
        """Trains from the beginning on rows X [n_samples, n_features] with labels y [n_samples]; returns self."""
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        self.classes_, classes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y: expected at least two classes; found one class, {self.classes_[0]!r}")
        self._train(X, "labels", classes.astype(np.int64), len(self.classes_), "accuracy")
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class in classes_: [n_samples, n_classes]."""
        outputs = self._outputs(X)
        shares = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithms of ``predict_proba``."""
        outputs = self._outputs(X)
        outputs -= outputs.max(axis=1, keepdims=True)
        return outputs - np.log(np.exp(outputs).sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class of each row: [n_samples]."""
        likeliest = self._outputs(X).argmax(axis=1)
        return self.classes_[likeliest]


class MLPRegressor(MultiOutputMixin, RegressorMixin, _Network):
    __doc__ = f"""A network with linear outputs, trained by Cordee on half the squared error.
    {_PARAMETERS}"""

    def fit(self, X: Any, y: Any) -> "MLPRegressor":
        """Trains from the beginning on rows X [n_samples, n_features] with targets y [n_samples] or [n_samples, n_outputs];
        returns self."""
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2, multi_output=True, y_numeric=True)
        y = np.asarray(y, np.float64)
        self._shape = y.shape[1:]
        targets = y.reshape(len(y), -1)
        self._target_center, self._target_scale = _moments(targets) if self.standardize else (0.0, 1.0)
        targets = _float32((targets - self._target_center) / self._target_scale, "y")
        self._train(X, "targets", targets, targets.shape[1], "r2")
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The values of each row, in the shape that y had."""
        values = self._outputs(X) * self._target_scale + self._target_center
        return values.reshape(len(values), *self._shape)


def _moments(columns):
    scale = columns.std(axis=0)
    return columns.mean(axis=0), np.where(scale > 0, scale, 1.0)


def _float32(array, name):
    with np.errstate(over="ignore"):
        narrow = np.ascontiguousarray(array, np.float32)
    if not np.isfinite(narrow).all():
        raise ValueError(f"{name}: expected numbers that 32-bit floats can hold; found {np.abs(array).max():g}")
    return narrow
