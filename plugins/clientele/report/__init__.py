"""The tier review: one report per date from a published release, in Chinese and in English."""

from clientele.report.formats import LANGUAGES, Language
from clientele.report.reading import Limits
from clientele.report.render import FORMATS, FindNames, Format, Names, render

__all__ = ["FORMATS", "LANGUAGES", "FindNames", "Format", "Language", "Limits", "Names", "render"]
