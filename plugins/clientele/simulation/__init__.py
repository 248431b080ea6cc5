"""Simulation: a new or changed scheme over months that are past, beside what happened in them.

It runs the models of production on the loads that the current release knew, aside and unpublished.
"""

from clientele.simulation.result import Simulation
from clientele.simulation.run import simulate
from clientele.simulation.tried import scheme_text
from clientele.simulation.words import as_text

__all__ = ["Simulation", "as_text", "scheme_text", "simulate"]
