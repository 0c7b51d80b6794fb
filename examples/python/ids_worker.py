"""A worker whose function reads tables of ids: users click on texts whose words go with them. In NumPy alone."""

import sys
from pathlib import Path

import numpy as np

import cordee

ROWS = 20_000


def gradient(parameters, rows):
    hour, clicked = rows
    # For each row the user's numbers, and the sum of those of its words: [rows, 8].
    user, words = parameters["ids.user"], parameters["ids.words"]
    z = (user * words).sum(axis=1) + hour * parameters["hour"] + parameters["bias"]
    error = 1 / (1 + np.exp(-z)) - clicked
    loss = np.logaddexp(0, np.where(clicked, -z, z)).sum()
    gradients = {
        "hour": (error * hour).sum(),
        "bias": error.sum(),
        "ids.user": error[:, None] * words,
        "ids.words": error[:, None] * user,
    }
    return loss, gradients, ((z > 0) == clicked).sum()


def clicks():
    draw = np.random.default_rng(1)
    users, words = draw.integers(500, size=ROWS), draw.integers(100, size=(ROWS, 3))
    likes = draw.normal(size=(500, 100)).astype(np.float32)
    hour = draw.random(ROWS, np.float32)
    clicked = likes[users[:, None], words].sum(axis=1) + hour > 0.5
    ids = {
        "user": [f"user {user}" for user in users],
        "words": [[f"word {word}" for word in row] for row in words],
    }
    return cordee.WithIds((hour, clicked), ids)


if __name__ == "__main__":
    if sys.argv[1:] == ["--save"]:
        cordee.save(
            Path(__file__).with_name("ids.safetensors"), {"hour": 0.0, "bias": 0.0}
        )
    else:
        try:
            end = cordee.work(*sys.argv[1:], gradient=gradient, rows=clicks())
        except KeyboardInterrupt:
            end = cordee.End("interrupted", "interrupted")
        print(end.message, file=sys.stderr)
        sys.exit(end.exit_code)
