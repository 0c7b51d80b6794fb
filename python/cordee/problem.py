class Problem(Exception):
    """Why a worker cannot go on: one line for people."""


class NotFinite(Problem):
    """Why no worker could: the job ends."""
