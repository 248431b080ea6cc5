"""What is published of the models: a figure per model and parameter, with a reason where it has no value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields

from clientele.value.bgnbd import BgNbdParameters
from clientele.value.fitting import Fit, Reason
from clientele.value.gamma_gamma import GammaGammaParameters, RepeatSpending
from clientele.value.holdout import HoldoutErrors

BG_NBD = "bg_nbd"
GAMMA_GAMMA = "gamma_gamma"
HEURISTIC = "heuristic"


@dataclass(frozen=True)
class Figure:
    """A parameter of a model: ``reason`` says why where ``value`` is None.

    ``customers_count`` is how many customers it is based on, ``repeaters_count`` how many bought again.
    """

    model: str
    parameter: str
    value: float | None
    customers_count: int
    repeaters_count: int
    reason: Reason | None


def bgnbd_figures(fit: Fit[BgNbdParameters]) -> Iterator[Figure]:
    """r, alpha (weeks), a, b and the log-likelihood."""
    values = {} if fit.parameters is None else asdict(fit.parameters)
    yield from _figures(BG_NBD, fit, BgNbdParameters, {**values, "log_likelihood": fit.log_likelihood})


def gamma_gamma_figures(fit: Fit[GammaGammaParameters], spending: RepeatSpending) -> Iterator[Figure]:
    """p, q, v (money), the log-likelihood, and the mean spend over the customers fitted on (money)."""
    values = {} if fit.parameters is None else asdict(fit.parameters)
    mean = float(spending.mean_amount.mean()) if spending.customers_count else None
    yield from _figures(
        GAMMA_GAMMA, fit, GammaGammaParameters, {**values, "log_likelihood": fit.log_likelihood}
    )
    yield Figure(
        GAMMA_GAMMA,
        "mean_repeat_amount",
        mean,
        fit.customers_count,
        fit.repeaters_count,
        fit.reason if mean is None else None,
    )


def holdout_figures(
    model: str, outcome: HoldoutErrors | Reason, customers_count: int, repeaters_count: int
) -> Iterator[Figure]:
    """The errors on the part held out, each as holdout_<error>."""
    for field in fields(HoldoutErrors):
        value = None if isinstance(outcome, Reason) else getattr(outcome, field.name)
        reason = outcome if isinstance(outcome, Reason) else Reason.NO_PURCHASES if value is None else None
        yield Figure(model, f"holdout_{field.name}", value, customers_count, repeaters_count, reason)


def _figures(
    model: str,
    fit: Fit[BgNbdParameters] | Fit[GammaGammaParameters],
    parameters: type[BgNbdParameters] | type[GammaGammaParameters],
    values: Mapping[str, float | None],
) -> Iterator[Figure]:
    for name in (*(field.name for field in fields(parameters)), "log_likelihood"):
        yield Figure(model, name, values.get(name), fit.customers_count, fit.repeaters_count, fit.reason)
