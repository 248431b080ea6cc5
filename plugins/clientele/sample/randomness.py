"""Draws that depend on nothing but the seed, a purpose and the keys of the thing drawn for.

A draw is a hash, not the next value of a sequence: the order of drawing, the size of a batch and the machine
make no difference, and a new purpose leaves every other draw as it was. Only 64-bit integer arithmetic is
used, because floating-point functions differ in the last bit between processors.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
_Words = npt.NDArray[np.uint64]

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB


def _mixed(words: _Words) -> _Words:
    """The finaliser of SplitMix64: every input bit reaches every output bit."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(_FIRST)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(_SECOND)
    return words ^ (words >> np.uint64(31))


class Draws:
    """Integer draws for one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def below(self, purpose: str, bound: int | IntArray, *keys: IntArray) -> IntArray:
        """One integer from 0 to ``bound - 1`` per element of ``keys`` (arrays of one shape, at least one)."""
        start = (self._seed * _STEP + zlib.crc32(purpose.encode()) * _SECOND) & _MASK
        words = np.full(keys[0].shape, start, dtype=np.uint64)
        for key in keys:
            words = _mixed((words ^ key.astype(np.uint64)) + np.uint64(_STEP))
        # 63 bits remain, so the remainder of a bound under 2**32 is even to one part in two thousand million.
        values: IntArray = (words >> np.uint64(1)).astype(np.int64) % bound
        return values

    def happens(self, purpose: str, per_thousand: int | IntArray, *keys: IntArray) -> BoolArray:
        """True for ``per_thousand`` of a thousand elements."""
        return self.below(purpose, 1000, *keys) < per_thousand

    def choose(self, purpose: str, weights: Sequence[int], *keys: IntArray) -> IntArray:
        """The position of a weight, each as likely as its share of the sum."""
        edges = np.cumsum(np.asarray(weights, dtype=np.int64))
        drawn = self.below(purpose, int(edges[-1]), *keys)
        return np.searchsorted(edges, drawn, side="right").astype(np.int64)
