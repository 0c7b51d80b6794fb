class Problem(Exception):
    """What is wrong, in words for people."""


class NotFinite(Problem):
    """Why no worker could: the job ends."""
