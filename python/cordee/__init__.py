"""Workers for Cordee whose gradients are Python functions."""

from cordee.problem import Problem
from cordee.safetensors import load, save
from cordee.worker import End, work

__all__ = ["End", "Problem", "load", "save", "work"]
