#!/usr/bin/python3
"""Reads a table of numbers from examples/tables, whose label is its last column, and trains scikit-learn's perceptron on four fifths
of its rows. bench/first-second.sh times the whole process. Needs python3-sklearn.

usage: bench/baselines/fit_table.py TABLE UNITS
"""

import csv
import pathlib
import sys
import warnings

import numpy
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
name, units = sys.argv[1:]
with open(pathlib.Path(__file__).parents[2] / "examples" / "tables" / f"{name}.csv", newline="") as file:
    _, *rows = csv.reader(file)
features, labels = numpy.array([row[:-1] for row in rows], float), [row[-1] for row in rows]
train, _, classes, _ = train_test_split(features, labels, train_size=0.8, random_state=1, stratify=labels)
perceptron = MLPClassifier((int(units),), max_iter=1000, random_state=1)
make_pipeline(StandardScaler(), perceptron).fit(train, classes)
