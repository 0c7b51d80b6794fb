"""Networks with scikit-learn's interface, tested by scikit-learn's own checks among others."""

import pickle
import subprocess
import sys
import unittest

import numpy as np

import cordee
from tests.processes import ROOT

try:
    import sklearn
    from sklearn.datasets import load_diabetes, load_digits
    from sklearn.model_selection import GridSearchCV, train_test_split
    from sklearn.utils.estimator_checks import check_estimator
except ImportError:
    sklearn = None


class WithoutTest(unittest.TestCase):

    def test_what_is_missing_is_said(self):
        program = "import sys; sys.modules['sklearn'] = None; import cordee; cordee.MLPClassifier"
        ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT / "python", capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("\nImportError: cordee.MLPClassifier needs scikit-learn (", ended.stderr)
        self.assertIn("); install it with pip install scikit-learn\n", ended.stderr)


@unittest.skipUnless(sklearn, "scikit-learn is not installed (Debian's python3-sklearn)")
class SklearnTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        x, y = load_digits(return_X_y=True)
        cls.x, cls.new_x, cls.y, cls.new_y = train_test_split(x, y, test_size=0.2, random_state=1, stratify=y)

    def test_it_passes_the_checks_of_scikit_learn(self):
        for network in (cordee.MLPClassifier, cordee.MLPRegressor):
            for estimator, check in check_estimator(network(), generate_only=True):
                with self.subTest(network.__name__, check=check.func.__name__):
                    check(estimator)

    def test_digits_are_told_apart(self):
        names = np.array("zero one two three four five six seven eight nine".split())
        network = cordee.MLPClassifier((40, 20), "tanh", max_iter=60, random_state=1).fit(self.x, names[self.y])
        self.assertGreater(network.score(self.new_x, names[self.new_y]), 0.94)
        self.assertEqual([weights.shape for weights in network.coefs_], [(64, 40), (40, 20), (20, 10)])
        self.assertEqual((network.n_iter_, len(network.loss_curve_)), (60, 60))
        self.assertEqual(network.loss_, network.loss_curve_[-1])
        shares = network.predict_proba(self.new_x)
        np.testing.assert_allclose(shares.sum(axis=1), 1)
        np.testing.assert_allclose(np.log(shares), network.predict_log_proba(self.new_x), rtol=1e-7)
        again = pickle.loads(pickle.dumps(network))
        np.testing.assert_array_equal(again.predict_proba(self.new_x), shares)

    def test_equal_seeds_give_equal_bits_on_any_team(self):
        def weights(**options):
            network = cordee.MLPClassifier((9,), max_iter=8, batch_size=300, optimizer="adam", **options)
            return b"".join(layer.tobytes() for layer in network.fit(self.x, self.y).coefs_)

        expected = weights(random_state=3)
        self.assertEqual(weights(random_state=3, threads=1), expected)
        self.assertEqual(weights(random_state=np.random.RandomState(3), workers=2), expected)
        self.assertNotEqual(weights(random_state=4), expected)

    def test_outputs_are_those_that_cordee_computes(self):
        rng = np.random.default_rng(1)
        x = rng.normal(size=(200, 4))
        y = np.sin(x[:, :2])
        for activation in ("tanh", "sigmoid", "relu", "leaky-relu", "elu", "softplus", "gelu"):
            with self.subTest(activation):
                network = cordee.MLPRegressor(
                    (8, 5), activation, max_iter=30, random_state=1, alpha=0, standardize=False
                )
                network.fit(x, y)
                # The loss that Cordee has measured, by the weights that are predicted with.
                loss = ((network.predict(x) - y) ** 2).sum(axis=1).mean() / 2
                self.assertAlmostEqual(loss / network.loss_, 1, 4)

    def test_it_stops_early_with_the_best_weights(self):
        network = cordee.MLPClassifier(early_stopping=True, n_iter_no_change=5, max_iter=500, random_state=1)
        network.fit(self.x, self.y)
        self.assertLess(network.n_iter_, 100)
        self.assertEqual(len(network.validation_scores_), network.n_iter_ + 1)
        longer = cordee.MLPClassifier(max_iter=network.n_iter_, random_state=1).fit(self.x, self.y)
        self.assertFalse(np.array_equal(network.coefs_[0], longer.coefs_[0]))
        table = load_diabetes(return_X_y=True)
        network = cordee.MLPRegressor((20,), early_stopping=True, batch_size=64, optimizer={"name": "adam"}, random_state=1)
        self.assertGreater(network.fit(*table).score(*table), 0.3)
        self.assertGreater(max(network.validation_scores_), 0.3)

    def test_alpha_makes_weights_smaller(self):
        def size(alpha):
            network = cordee.MLPClassifier((20,), alpha=alpha, max_iter=30, random_state=1).fit(self.x, self.y)
            return sum((layer**2).sum() for layer in network.coefs_)

        self.assertLess(size(100), size(0) / 2)

    def test_a_grid_is_searched(self):
        grid = {"hidden_layer_sizes": [(), (16,)], "optimizer": ["rprop", "irprop-"]}
        search = GridSearchCV(cordee.MLPClassifier(max_iter=15, random_state=1), grid, cv=2).fit(self.x, self.y)
        self.assertGreater(search.best_score_, 0.9)

    def test_wrong_settings_and_rows(self):
        for options, says in (
            ({"activation": "rleu"}, 'model.activation: .* found "?rleu"?; did you mean "relu"'),
            ({"optimizer": "adma"}, 'did you mean "adam"'),
            ({"hidden_layer_sizes": (0,)}, "model.layers"),
            ({"max_iter": 0}, "stop.epochs"),
            ({"early_stopping": True, "validation_fraction": 2}, "data.split.validation"),
        ):
            with self.subTest(says), self.assertRaisesRegex(cordee.Problem, says):
                cordee.MLPClassifier(**options).fit(self.x, self.y)
        with self.assertRaisesRegex(ValueError, "expected at least two classes; found one class"):
            cordee.MLPClassifier().fit(self.x, self.y * 0)
        with self.assertRaisesRegex(ValueError, "X: expected numbers that 32-bit floats can hold; found 2.6e"):
            cordee.MLPClassifier(standardize=False).fit(self.x * 1e299 + 1e300, self.y)


if __name__ == "__main__":
    unittest.main()
