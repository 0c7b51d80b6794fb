#!/usr/bin/env python3
"""What `cordee init` drafts, unedited, beside scikit-learn's multi-layer perceptron on the same train and test rows. bench/against-sklearn.sh
runs this.

Of each table, five splits are drawn by the job's own split, with seeds 1 to 5. The perceptron has scikit-learn's defaults but for
max_iter=500, and trains on all rows that are not to test on; its score on a split is the median of three random states. Columns of
numbers are standardized, with the median in place of gaps; strings are one-hot; dates become year, month and weekday; columns
whose strings mostly differ are left out.

usage: bench/baselines/drafts.py --vega FOLDER [TABLE | CSV:LABEL ...]
"""

import argparse
import csv
import datetime
import importlib.util
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import warnings

import numpy
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).resolve().parent.parent.parent
CORDEE = HERE / "cordee"
OWN = {
    "breast-cancer": "diagnosis",
    "cars": "miles_per_gallon",
    "diabetes": "progression",
    "iris": "species",
    "penguins": "species",
    "wine": "cultivar",
}
OTHERS = {
    "seattle-weather": ("weather", "vega"),
    "gapminder-health-income": ("health", "vega"),
    "boston_house_prices": ("MEDV", "sklearn.datasets"),
    "anes96": ("vote", "statsmodels.datasets"),
    "fair": ("rate_marriage", "statsmodels.datasets"),
}
MISSING = {"", "?", "NA", "N/A", "na", "n/a", "NaN", "nan", "NULL", "null"}
SPLITS = range(1, 6)
STATES = range(1, 4)


def find(name, vega):
    """A table's file and label."""
    if ":" in name:
        path, label = name.rsplit(":", 1)
        return pathlib.Path(path), label
    if name in OWN:
        return HERE / "examples" / "tables" / f"{name}.csv", OWN[name]
    label, place = OTHERS[name]
    if place == "vega":
        return vega / f"{name}.csv", label
    folder = pathlib.Path(importlib.util.find_spec(place).origin).parent
    return next(folder.rglob(f"{name}.csv")), label


def number(text):
    try:
        return float(text)
    except ValueError:
        return numpy.nan


def date(text):
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None


def columns_of(names, rows):
    """The columns of features, as arrays of numbers or of strings."""
    columns = []
    for k, name in enumerate(names):
        cells = [row[k] for row in rows]
        given = [cell for cell in cells if cell not in MISSING]
        numbers = sum(not numpy.isnan(number(cell)) for cell in given)
        if given and numbers >= 0.99 * len(given):
            columns.append(numpy.array([number(cell) for cell in cells]))
        elif given and all(map(date, given)):
            dates = [date(cell) for cell in cells]
            for part in (lambda d: d.year, lambda d: d.month, lambda d: d.isoweekday()):
                columns.append(numpy.array([part(d) if d else numpy.nan for d in dates], float))
        elif 2 * len(set(given)) <= len(given):
            columns.append(numpy.array(cells, object))
    return columns


def perceptron(columns, is_regression, state):
    numbers = [k for k, column in enumerate(columns) if column.dtype == float]
    strings = [k for k in range(len(columns)) if k not in numbers]
    prepared = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("strings", OneHotEncoder(handle_unknown="ignore"), strings),
        ],
        sparse_threshold=0,
    )
    kind = MLPRegressor if is_regression else MLPClassifier
    estimator = kind(max_iter=500, random_state=state)
    if is_regression:
        estimator = TransformedTargetRegressor(estimator, transformer=StandardScaler())
    return make_pipeline(prepared, estimator)


def run(*command):
    done = subprocess.run([CORDEE, *map(str, command)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"cordee {' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def cordee(job, folder, seed):
    """The score on the test rows of a split, and which rows these are."""
    out = folder / f"run{seed}"
    run("train", job, "--in-process", "--quiet", "--set", f"data.split.seed={seed}", "--seed", seed, "--out", out)
    scores = json.loads(run("evaluate", "--model", out, "--json"))
    rows = [int(row["row"]) for row in csv.DictReader(run("predict", "--model", out).splitlines())]
    return (scores["accuracy"] if "accuracy" in scores else scores["r2"]), rows


def measure(name, vega):
    path, label = find(name, vega)
    text = path.read_text()
    if name == "boston_house_prices":  # its first line counts rows and columns
        text = text.split("\n", 1)[1]
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        table = folder / path.name
        table.write_text(text)
        label_as_read = next(c for c in re.split(r"[,;\t\n]", text) if c.strip("'\" ") == label).strip('" ')
        job = folder / "job.yaml"
        run("init", table, "--label", label_as_read, "--out", job)
        drafted = job.read_text()
        is_regression = "targets: [" in drafted
        separator = re.search(r'separator: "(.*)"', drafted)
        by = separator[1].replace("\\t", "\t") if separator else ","
        header, *rows = [row for row in csv.reader(text.splitlines(), delimiter=by) if row]
        at = [title.strip() for title in header].index(label_as_read)
        labelled = numpy.array([row[at] not in MISSING if is_regression else row[at] != "" for row in rows])
        features = columns_of(header[:at] + header[at + 1 :], [row[:at] + row[at + 1 :] for row in rows])
        targets = numpy.array([number(row[at]) for row in rows] if is_regression else [row[at] for row in rows])
        ours, theirs = [], []
        for seed in SPLITS:
            score, test = cordee(job, folder, seed)
            is_test = numpy.zeros(len(rows), bool)
            is_test[test] = True
            is_train = labelled & ~is_test
            states = []
            for state in STATES:
                estimator = perceptron(features, is_regression, state)
                pick = lambda chosen: _frame([column[chosen] for column in features])
                estimator.fit(pick(is_train), targets[is_train])
                states.append(estimator.score(pick(is_test), targets[is_test]))
            ours.append(score)
            theirs.append(statistics.median(states))
        difference = numpy.subtract(ours, theirs)
        error = numpy.std(difference, ddof=1) / len(difference) ** 0.5
        print(
            f"| {name} | {int(labelled.sum()):,} | {'R²' if is_regression else 'accuracy'} | {numpy.mean(ours):.3f}"
            f" | {numpy.mean(theirs):.3f} | {numpy.mean(difference):+.3f} ± {error:.3f} |",
            flush=True,
        )
        return numpy.mean(difference)


def _frame(columns):
    """A table of objects: the columns differ in type."""
    frame = numpy.empty((len(columns[0]), len(columns)), object)
    for k, column in enumerate(columns):
        frame[:, k] = column
    return frame


def main():
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description="What cordee init drafts beside scikit-learn's MLP.")
    parser.add_argument("--vega", type=pathlib.Path, required=True, help="the tables of vega-datasets")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join([*OWN, *OTHERS]) + ", or CSV:LABEL")
    given = parser.parse_args()
    unknown = [name for name in given.tables if ":" not in name and name not in OWN and name not in OTHERS]
    if unknown:
        parser.error(f"expected {', '.join([*OWN, *OTHERS])} or CSV:LABEL; found {unknown[0]}")
    print("| table | rows | score | Cordee | MLP | difference |\n| --- | --- | --- | --- | --- | --- |")
    differences = [measure(name, given.vega) for name in given.tables or [*OWN, *OTHERS]]
    print(f"\nleast difference: {min(differences):+.3f}")


main()
