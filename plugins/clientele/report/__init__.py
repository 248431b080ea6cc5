"""The tier review: one self-contained HTML page per release, in Chinese and English."""

from clientele.report.page import render

__all__ = ["render"]
