#!/usr/bin/env python3
"""Cordee beside scikit-learn on the tables in examples/tables: mean test score of five folds and its standard error;
seconds of training, on prepared rows, in a process that has trained before ("fit"), and of a whole process that reads the table and trains
once ("process"). Each table's job is the one that lies beside it. Needs python3-sklearn.

usage: bench/peers/tables.py [TABLE ...]
"""

import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import warnings

import numpy
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).resolve().parent.parent.parent
TABLES = HERE / "examples" / "tables"
FOLDS = 5

# Runs in one process, of which the first ones warm it up: Java still compiles in the twentieth.
TRAINED = 40
WARM = 25


def read(table):
    with open(TABLES / f"{table}.csv", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return text == ""


def peers(columns, hidden, is_regression):
    """What prepares columns as Cordee does, and scikit-learn's estimators by name; all are made when called."""
    numbers = [i for i, column in enumerate(columns) if all(map(is_number, column))]
    texts = [i for i in range(len(columns)) if i not in numbers]
    prepared = lambda: ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore"), texts),
        ],
        sparse_threshold=0,
    )
    if is_regression:
        scaled = lambda estimator: TransformedTargetRegressor(estimator, transformer=StandardScaler())
        return prepared, {
            "MLPRegressor": lambda: scaled(MLPRegressor((hidden,), max_iter=1000, random_state=1)),
            "LinearRegression": lambda: scaled(LinearRegression()),
        }
    return prepared, {
        "MLPClassifier": lambda: MLPClassifier((hidden,), max_iter=1000, random_state=1),
        "LogisticRegression": lambda: LogisticRegression(max_iter=1000),
    }


def cordee(job, header, train, test, folder):
    """Test score, and seconds of the whole process that trained."""
    for name, rows in (("train", train), ("test", test)):
        with open(folder / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    text = re.sub(r"file: \S+", "file: train.csv", job)
    text = re.sub(r"split: \{.*?\}", lambda m: re.sub(r"test: [\d.]+,? ?", "", m[0]), text)
    text = re.sub(r"\n *split: \{(seed: \d+)?\}", "", text)
    (folder / "job.yaml").write_text(text)
    run = folder / "run"
    command = [HERE / "cordee", "train", folder / "job.yaml", "--in-process", "--quiet", "--out", run]
    begin = time.perf_counter()
    subprocess.run([*command, "--workers", "1"], check=True, capture_output=True)
    seconds = time.perf_counter() - begin
    scores = subprocess.run(
        [HERE / "cordee", "evaluate", "--model", run, "--data", folder / "test.csv", "--json"],
        check=True, capture_output=True)
    found = json.loads(scores.stdout)
    return found["accuracy"] if "accuracy" in found else found["r2"], seconds


def warm(folder):
    """Seconds of training of each run but the first ones, of the job that a fold has left here."""
    out = folder / "compared"
    subprocess.run(
        [HERE / "cordee", "compare", folder / "job.yaml", "--seeds", str(TRAINED), "--out", out],
        check=True, capture_output=True)
    with open(out / "results.csv") as results:
        return [float(row["seconds"]) for row in csv.DictReader(results)][WARM:]


class Table:
    """A table, and how its job is to be trained."""

    def __init__(self, name):
        self.job = (TABLES / f"{name}.yaml").read_text()
        self.header, self.rows = read(name)
        target = re.search(r"(?:label: |targets: \[)\"?([^\"\]\n]+?)\"?(?:\]|\n)", self.job)[1]
        ignored = re.search(r"ignore: \[(.*)\]", self.job)
        dropped = [target] + (re.split(r", ?", ignored[1]) if ignored else [])
        kept = [i for i, column in enumerate(self.header) if column not in dropped]
        labels = [row[self.header.index(target)] for row in self.rows]
        self.is_regression = "targets:" in self.job
        self.features = numpy.array([[row[i] for i in kept] for row in self.rows], dtype=object)
        self.columns = [[row[i] for row in self.rows] for i in kept]
        for k, column in enumerate(self.columns):
            if all(map(is_number, column)):
                self.features[:, k] = [float(x) if x else numpy.nan for x in column]
        self.targets = numpy.array([float(x) for x in labels] if self.is_regression else labels)
        self.hidden = int(re.search(r"layers: \[\d+, (\d+)", self.job)[1])

    def peers(self):
        return peers(self.columns, self.hidden, self.is_regression)

    def folds(self):
        splitter = (KFold if self.is_regression else StratifiedKFold)(FOLDS, shuffle=True, random_state=1)
        return splitter.split(self.features, self.targets)


def fit(name, peer):
    """What a process does that is timed as a whole: reads the table and trains on its first fold."""
    table = Table(name)
    train, _ = next(table.folds())
    prepared, estimators = table.peers()
    make_pipeline(prepared(), estimators[peer]()).fit(table.features[train], table.targets[train])


def main():
    warnings.filterwarnings("ignore")
    if sys.argv[1:2] == ["--fit"]:
        fit(*sys.argv[2:])
        return
    chosen = sys.argv[1:] or sorted(path.stem for path in TABLES.glob("*.csv"))
    print(f"{'table':<15}{'':<20}{'score':>8}{'± s.e.':>9}{'fit':>9}{'process':>9}")
    for name in chosen:
        table = Table(name)
        scores, fits, processes = {}, {}, {}
        for train, test in table.folds():
            with tempfile.TemporaryDirectory() as folder:
                place = pathlib.Path(folder)
                chosen_rows = [[table.rows[i] for i in fold] for fold in (train, test)]
                score, seconds = cordee(table.job, table.header, *chosen_rows, place)
                scores.setdefault("Cordee", []).append(score)
                processes.setdefault("Cordee", []).append(seconds)
                if "Cordee" not in fits:
                    fits["Cordee"] = warm(place)
            prepared, estimators = table.peers()
            for peer, make in estimators.items():
                preparation = prepared()
                columns = preparation.fit_transform(table.features[train])
                make().fit(columns, table.targets[train])  # to warm it up
                estimator = make()
                begin = time.perf_counter()
                estimator.fit(columns, table.targets[train])
                fits.setdefault(peer, []).append(time.perf_counter() - begin)
                scores.setdefault(peer, []).append(
                    estimator.score(preparation.transform(table.features[test]), table.targets[test]))
                begin = time.perf_counter()
                subprocess.run([sys.executable, __file__, "--fit", name, peer], check=True)
                processes.setdefault(peer, []).append(time.perf_counter() - begin)
        best = max(numpy.mean(of) for peer, of in scores.items() if peer != "Cordee")
        for who, folds in scores.items():
            error = numpy.std(folds, ddof=1) / len(folds) ** 0.5
            is_best = who != "Cordee" and numpy.mean(folds) == best
            print(f"{name if who == 'Cordee' else '':<15}{who:<20}{numpy.mean(folds):8.4f}{error:9.4f}"
                  f"{numpy.median(fits[who]):9.3f}{numpy.median(processes[who]):9.2f}"
                  + (" best peer" if is_best else ""), flush=True)


main()
