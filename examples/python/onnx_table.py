"""Predicts from a table with an ONNX file that "cordee export" wrote, by ONNX Runtime and without Cordee.

    python3 examples/python/onnx_table.py MODEL.onnx TABLE.csv [PREDICTED.csv]

Each column of the table is an input of its name: numbers, NaN where there is none, and strings; a date, as 2025-12-31 or
2025-12-31T18:30, is an input for each of its parts that the model takes, as day.year. Prints the first rows. With what
"cordee predict --data TABLE.csv" printed, it fails if an output differs by more than float rounding. Needs NumPy and onnxruntime
(Debian: python3-onnxruntime); without it, it says so and does nothing.
"""

import csv
import sys
from datetime import datetime

import numpy as np

PARTS = {"year": lambda d: d.year, "month": lambda d: d.month, "weekday": lambda d: d.isoweekday(), "hour": lambda d: d.hour}


def value(read, cell):
    try:
        return float(read(cell))
    except ValueError:
        return float("nan")


def column(rows, name, kind):
    """The cells of a column, [rows, 1]; of a date, one of its parts."""
    if kind == "tensor(string)":
        return np.array([row[name] for row in rows], object).reshape(-1, 1)
    read = float
    if name not in rows[0]:
        name, part = name.rsplit(".", 1)
        read = lambda cell: PARTS[part](datetime.fromisoformat(cell))
    return np.array([value(read, row[name]) for row in rows]).reshape(-1, 1)


def has(row, name):
    date, _, part = name.rpartition(".")
    return name in row or date in row and part in PARTS


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    try:
        import onnxruntime
    except ImportError:
        print("onnxruntime is not installed: skipped")
        return
    session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
    with open(sys.argv[2], newline="") as file:
        rows = list(csv.DictReader(file))
    lacking = [it.name for it in session.get_inputs() if not has(rows[0], it.name)]
    if lacking:
        sys.exit(f"{sys.argv[2]}: expected the columns of the model; {', '.join(lacking)} missing")
    inputs = {it.name: column(rows, it.name, it.type) for it in session.get_inputs()}
    found = dict(zip([it.name for it in session.get_outputs()], session.run(None, inputs)))
    for row in range(min(3, len(rows))):
        print(found["label"][row] if "label" in found else "", found["outputs"][row])
    if len(sys.argv) == 4:
        with open(sys.argv[3], newline="") as file:
            _, *predicted = csv.reader(file)
        width = found["outputs"].shape[1]
        expected = np.array([row[-width:] for row in predicted], np.float32)
        np.testing.assert_allclose(found["outputs"], expected, rtol=1e-5, atol=1e-6)
        print(f"{len(rows)} rows, equal to those of cordee predict")


main()
