#!/usr/bin/env python3
"""Cordee beside scikit-learn on the tables in examples/tables: mean test score of five folds, its standard error, and
seconds of training. Each table's job is the one that lies beside it. Needs python3-sklearn.

usage: bench/tables.py [TABLE ...]
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

HERE = pathlib.Path(__file__).resolve().parent.parent
TABLES = HERE / "examples" / "tables"
FOLDS = 5


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
    """scikit-learn's estimators, on columns prepared as Cordee prepares them."""
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
        return {
            "MLPRegressor": make_pipeline(
                prepared(), scaled(MLPRegressor((hidden,), max_iter=1000, random_state=1))),
            "LinearRegression": make_pipeline(prepared(), LinearRegression()),
        }
    return {
        "MLPClassifier": make_pipeline(prepared(), MLPClassifier((hidden,), max_iter=1000, random_state=1)),
        "LogisticRegression": make_pipeline(prepared(), LogisticRegression(max_iter=1000)),
    }


def cordee(job, header, train, test, folder):
    """Test score and seconds of training."""
    for name, rows in (("train", train), ("test", test)):
        with open(folder / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    text = re.sub(r"file: \S+", "file: train.csv", job)
    text = re.sub(r"split: \{.*?\}", lambda m: re.sub(r"test: [\d.]+,? ?", "", m[0]), text)
    text = re.sub(r"\n *split: \{(seed: \d+)?\}", "", text)
    (folder / "job.yaml").write_text(text)
    run = folder / "run"
    command = [HERE / "cordee", "train", folder / "job.yaml", "--in-process", "--quiet", "--out", run]
    subprocess.run([*command, "--workers", "1"], check=True, capture_output=True)
    scores = subprocess.run(
        [HERE / "cordee", "evaluate", "--model", run, "--data", folder / "test.csv", "--json"],
        check=True, capture_output=True)
    found = json.loads(scores.stdout)
    with open(run / "metrics.csv") as metrics:
        seconds = float(list(csv.DictReader(metrics))[-1]["seconds"])
    return found["accuracy"] if "accuracy" in found else found["r2"], seconds


def main():
    warnings.filterwarnings("ignore")
    chosen = sys.argv[1:] or sorted(path.stem for path in TABLES.glob("*.csv"))
    print(f"{'table':<15}{'':<20}{'score':>8}{'± s.e.':>9}{'seconds':>9}")
    for table in chosen:
        job = (TABLES / f"{table}.yaml").read_text()
        header, rows = read(table)
        target = re.search(r"(?:label: |targets: \[)\"?([^\"\]\n]+?)\"?(?:\]|\n)", job)[1]
        ignored = re.search(r"ignore: \[(.*)\]", job)
        dropped = [target] + (re.split(r", ?", ignored[1]) if ignored else [])
        kept = [i for i, name in enumerate(header) if name not in dropped]
        labels = [row[header.index(target)] for row in rows]
        is_regression = "targets:" in job
        features = numpy.array([[row[i] for i in kept] for row in rows], dtype=object)
        columns = [[row[i] for row in rows] for i in kept]
        for k, column in enumerate(columns):
            if all(map(is_number, column)):
                features[:, k] = [float(x) if x else numpy.nan for x in column]
        targets = numpy.array([float(x) for x in labels] if is_regression else labels)
        hidden = int(re.search(r"layers: \[\d+, (\d+)", job)[1])
        results = {}
        splitter = (KFold if is_regression else StratifiedKFold)(FOLDS, shuffle=True, random_state=1)
        for train, test in splitter.split(features, targets):
            with tempfile.TemporaryDirectory() as folder:
                score = cordee(
                    job, header, [rows[i] for i in train], [rows[i] for i in test], pathlib.Path(folder))
            results.setdefault("Cordee", []).append(score)
            for name, peer in peers(columns, hidden, is_regression).items():
                begin = time.perf_counter()
                peer.fit(features[train], targets[train])
                seconds = time.perf_counter() - begin
                results.setdefault(name, []).append((peer.score(features[test], targets[test]), seconds))
        best = max(numpy.mean([s for s, _ in results[name]]) for name in results if name != "Cordee")
        for name, folds in results.items():
            scores = [score for score, _ in folds]
            error = numpy.std(scores, ddof=1) / len(scores) ** 0.5
            seconds = numpy.median([s for _, s in folds])
            isBest = name != "Cordee" and numpy.mean(scores) == best
            print(f"{table if name == 'Cordee' else '':<15}{name:<20}{numpy.mean(scores):8.4f}{error:9.4f}{seconds:9.3f}"
                  + (" best peer" if isBest else ""), flush=True)


main()
