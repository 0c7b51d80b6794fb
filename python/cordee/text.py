"""Texts from outside, as they may stand in a line of a log or on a terminal: the rules are those of workers in Java."""

import re
import unicodedata

_LONGEST, _LONGEST_IDENTIFIER = 1000, 64
_SPACES = re.compile(r"\s+", re.ASCII)
_UNUSUAL = re.compile(r"[^\w.:@-]", re.ASCII)


def printable(text, longest=_LONGEST):
    """At most so long, with _ for what cannot be seen or steers a terminal."""
    return "".join("_" if _is_unseen(c) else c for c in _SPACES.sub(" ", text[:longest]))


def _is_unseen(character):
    category = unicodedata.category(character)
    return category[0] == "C" or category in ("Zl", "Zp")


def identifier(text):
    """A name of letters, digits and a few marks."""
    return _UNUSUAL.sub("_", text[:_LONGEST_IDENTIFIER])
