#!/usr/bin/python3
"""scikit-learn's linear models on the rows of `cordee data flights`, `cordee data brown` or bench/debian.sh, with the split of
examples/flights.yaml, brown.yaml and debian.yaml. Each is tuned on the validation rows; prints the scores of all, then the test
score of the best on plain input and, for texts, of the best by TF-IDF. Needs python3-sklearn.

usage: bench/peers/linear.py flights|brown|debian [CSV]

flights: ids, hour, weekday and month one-hot, distance standardised; scored by ROC AUC, with the accuracy beside. brown: bags of
words, counted, brought to length 1 (as scikit-learn's hashed ones) or by TF-IDF; scored by accuracy. debian: the same, with what
a package depends on as more words.
"""

import csv
import sys
import time
import warnings

import numpy
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

VALIDATION, TEST, SEED = 0.1, 0.1, 1
TF_IDF = "TF-IDF"


def split_mix(seed, count):
    """The first values of SplitMix64, without their last bits."""
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + numpy.uint64(0x9E3779B97F4A7C15) * numpy.arange(1, count + 1, dtype=numpy.uint64)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return (z ^ (z >> numpy.uint64(31))) >> numpy.uint64(1)


def split(classes):
    """Train, validation and test rows: those that Cordee draws, by selection sampling in each class."""
    counts = numpy.bincount(classes)
    left = counts.tolist()
    tests = [int(TEST * n + 0.5) for n in left]
    validations = [int(VALIDATION * n + 0.5) for n in left]
    parts = numpy.zeros(len(classes), numpy.int8)
    for row, (c, draw) in enumerate(zip(classes.tolist(), split_mix(SEED, len(classes)).tolist())):
        drawn = draw % left[c]
        left[c] -= 1
        if drawn < tests[c]:
            parts[row] = 2
            tests[c] -= 1
        elif drawn < tests[c] + validations[c]:
            parts[row] = 1
            validations[c] -= 1
    return [numpy.flatnonzero(parts == part) for part in range(3)]


def flights(file):
    ids = numpy.loadtxt(file, str, delimiter=",", skiprows=1, usecols=(0, 1, 2, 3, 4))
    distance, late = numpy.loadtxt(file, delimiter=",", skiprows=1, usecols=(5, 6)).T
    parts = split(late.astype(int))
    encoder = OneHotEncoder(handle_unknown="ignore", dtype=numpy.float32).fit(ids[parts[0]])
    mean, deviation = distance[parts[0]].mean(), distance[parts[0]].std()
    scaled = csr_matrix(((distance - mean) / deviation).astype(numpy.float32)[:, None])
    x = hstack([encoder.transform(ids), scaled], format="csr")
    models = {f"LogisticRegression, C {c}": LogisticRegression(C=c, max_iter=300) for c in (0.1, 10)}
    models |= {
        f"SGDClassifier, alpha {a}": SGDClassifier("log_loss", alpha=a, average=True, max_iter=20, random_state=1)
        for a in (1e-7, 1e-6, 1e-5)
    }
    auc = lambda model, x, t: roc_auc_score(t, model.decision_function(x))
    return [("one-hot", x)], late.astype(int), parts, models, auc


def texts(file):
    with open(file, newline="") as rows:
        *columns, names = zip(*list(csv.reader(rows))[1:])
    # Equal ids in two columns are two words.
    words = [" ".join(f"{id}/{i}" for i, cell in enumerate(row) for id in cell.split()) for row in zip(*columns)]
    classes = numpy.unique(names, return_inverse=True)[1]
    parts = split(classes)
    forms = {"counts": CountVectorizer(token_pattern=r"\S+"), "0 or 1": CountVectorizer(token_pattern=r"\S+", binary=True)}
    forms["counts of length 1"] = TfidfVectorizer(token_pattern=r"\S+", use_idf=False)
    forms |= {
        f"{TF_IDF}, in at least {least}": TfidfVectorizer(token_pattern=r"\S+", sublinear_tf=True, min_df=least) for least in (1, 2)
    }
    fitted = lambda form: form.fit([words[i] for i in parts[0]]).transform(words)
    models = {f"LogisticRegression, C {c}": LogisticRegression(C=c) for c in (1, 30)}
    models |= {f"LinearSVC, C {c}": LinearSVC(C=c, dual=True) for c in (0.01, 0.1, 0.3, 1)}
    models |= {f"SGDClassifier, alpha {a}": SGDClassifier(alpha=a, random_state=1) for a in (1e-5, 1e-4)}
    models |= {f"MultinomialNB, alpha {a}": MultinomialNB(alpha=a) for a in (0.01, 0.1, 0.3)}
    return [(name, fitted(form)) for name, form in forms.items()], classes, parts, models, lambda m, x, t: m.score(x, t)


def main():
    if not 2 <= len(sys.argv) <= 3 or sys.argv[1] not in ("flights", "brown", "debian"):
        sys.exit(__doc__)
    warnings.filterwarnings("ignore")  # that 100 iterations are not all
    name = sys.argv[1]
    file = sys.argv[2] if len(sys.argv) > 2 else f"data/{name}/{name}.csv"
    inputs, t, (train, validation, test), models, score = (flights if name == "flights" else texts)(file)
    print(f"{len(train)} rows to train on, {len(validation)} to validate, {len(test)} to test")
    best = {}
    for form, x in inputs:
        for kind, model in models.items():
            begin = time.perf_counter()
            model.fit(x[train], t[train])
            seconds = time.perf_counter() - begin
            found = score(model, x[validation], t[validation])
            print(f"{form}, {kind}: validation {found:.4f}, {seconds:.1f} s", flush=True)
            group = f"by {TF_IDF}" if form.startswith(TF_IDF) else "on plain input"
            if found > best.get(group, (0,))[0]:
                shown = f"{score(model, x[test], t[test]):.4f}, accuracy {model.score(x[test], t[test]):.4f}"
                best[group] = (found, f"best {group}: {form}, {kind}: test {shown}")
    print(*(line for _, line in best.values()), sep="\n")


main()
