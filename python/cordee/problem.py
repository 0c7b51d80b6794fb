class Problem(Exception):
    """What is wrong, in words for people."""
