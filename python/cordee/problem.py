class Problem(Exception):
    """Why a worker cannot go on, and with it the job: one line for people."""
