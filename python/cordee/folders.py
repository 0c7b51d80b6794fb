"""Temporary folders that are removed even if their process is killed."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Iterator

_PREFIX, _LOCK = "cordee-", "alive"


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Makes a folder that only this user may enter, and removes it at the end; also removes folders of processes that were
    killed."""
    folder, owner = Path(tempfile.mkdtemp(prefix=_PREFIX)), os.getpid()
    try:
        # The file is renamed once it is locked: other processes try locks by their final name.
        with open(folder / f"{_LOCK}.new", "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            os.rename(lock.name, folder / _LOCK)
            for other in folder.parent.glob(f"{_PREFIX}*/{_LOCK}"):
                if _is_left(other):
                    shutil.rmtree(other.parent, ignore_errors=True)
            yield folder
    finally:
        # A process that was forked in between leaves its parent's folder.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(lock):
    """Tells whether a folder is this user's, and no process holds its lock."""
    try:
        if lock.parent.lstat().st_uid != os.getuid() or lock.is_symlink():
            return False
        with open(lock, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:
        return False
