"""Why a customer has a tier: the decision, its figures and the visits behind them, as published."""

from clientele.explain.facts import Decision, Spell, TierExplanation, Visit, explain_tier
from clientele.explain.words import as_text

__all__ = ["Decision", "Spell", "TierExplanation", "Visit", "as_text", "explain_tier"]
