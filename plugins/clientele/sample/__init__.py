"""A made-up shop of any size: its exports, and the truth about them."""

from clientele.sample.generator import SampleSummary, generate

__all__ = ["SampleSummary", "generate"]
