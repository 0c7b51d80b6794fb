"""Rows that a program brings along."""

import hashlib
import numbers
from dataclasses import dataclass
from typing import Any, Dict, Iterator, Mapping

import numpy as np

from cordee.problem import Problem


@dataclass(frozen=True)
class WithIds:
    """Rows with the ids of each: for each of the job's ``data.ids``, by name, one a row, or an array or list of them.

    Ids are texts, whose hash gives a row of the column's table, or, where the job gives ``rows`` rather than ``hash``, numbers
    of its rows, from 0.
    """

    rows: Any
    ids: Mapping[str, Any]


class Rows:
    """Rows that a program brings along.

    A tuple of arrays, of which a row is an element of each; anything else that has a length and can be sliced, with a method
    ``compared`` if other arrays than itself tell its rows apart; or a number, whose rows are the indices below it.
    """

    def __init__(self, rows: Any, name: str):
        self._name = name
        self._ids: Dict[str, Any] = {}
        if isinstance(rows, WithIds):
            rows, self._ids = rows.rows, dict(rows.ids)
        self._rows = np.arange(rows) if isinstance(rows, numbers.Integral) else rows
        try:
            lengths = {len(part) for part in (*self._parts(self._rows), *self._ids.values())}
        except TypeError:
            raise TypeError(
                f"{name}: expected arrays, or how many rows there are; found {type(rows).__name__}"
            ) from None
        if len(lengths) != 1:
            raise ValueError(f"{name}: expected arrays of equal length; found lengths {sorted(lengths)}")
        self.count = lengths.pop()

    @staticmethod
    def _parts(rows):
        return rows if isinstance(rows, tuple) else (rows,)

    def _each(self, function):
        return tuple(map(function, self._rows)) if isinstance(self._rows, tuple) else function(self._rows)

    def between(self, start: int, end: int) -> Any:
        """Returns the rows from ``start`` to the one before ``end``."""
        return self._each(lambda rows: rows[start:end])

    def at(self, indices: np.ndarray) -> Any:
        """Returns the rows with these indices."""
        return self._each(lambda rows: _at(rows, indices))

    def checksum(self, start: int, end: int) -> int:
        """Returns a number that differs for other rows, where these are arrays of numbers; it is never 0."""
        sums = hashlib.blake2b(str(end - start).encode(), digest_size=8)
        rows = self.between(start, end)
        for part in rows.compared() if hasattr(rows, "compared") else self._parts(rows):
            array = np.asarray(part)
            if array.dtype.kind in "biufc":
                kind = "<i8" if array.dtype.kind in "biu" else array.dtype.newbyteorder("<")
                sums.update(np.ascontiguousarray(array, kind))
        return int.from_bytes(sums.digest(), "little") or 1

    def cells(self, column: str, separator: str, start: int, end: int) -> Iterator[str]:
        """Yields, row by row, the ids of a column as a table's cell has them: several with a separator between them."""
        if column not in self._ids:
            found = ", ".join(self._ids) or "none"
            raise Problem(f"{self._name}: expected ids of {column}, as in the job's data.ids; found {found}: see WithIds")
        for ids in self._ids[column][start:end]:
            is_one = isinstance(ids, str) or np.ndim(ids) == 0
            texts = [self._text(column, separator, each) for each in ([ids] if is_one else ids)]
            if not separator and len(texts) != 1:
                raise Problem(
                    f"{self._name}: ids of {column}: expected one for each row, as data.ids.{column} has no split; found "
                    f"{len(texts)}"
                )
            yield separator.join(texts)

    def _text(self, column, separator, given):
        text = str(given)
        if not isinstance(given, (str, numbers.Integral)):
            raise Problem(f"{self._name}: ids of {column}: expected texts or whole numbers; found {given!r}")
        if "\n" in text or separator and separator in text:
            raise Problem(
                f"{self._name}: ids of {column}: expected no line breaks, nor {separator!r} where that separates ids; found "
                f"{text!r}"
            )
        return text


def _at(rows, indices):
    try:
        return rows[indices]
    except TypeError:
        return [rows[index] for index in indices]
