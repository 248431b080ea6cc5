"""How fast the BG/NBD model is fitted: beside lifetimes, and beside pymc-marketing's maximum a posteriori.

All get the same customers as arrays, each in a process of its own, and have to come to the same parameters to
three decimals; pymc-marketing with flat priors, so that its maximum is that of the likelihood. Two figures
are taken: the first fit of a process, in which pymc-marketing compiles, and the best after it. Another tool
is measured on the largest number of customers with which it comes to an end, and in time.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

#: Factors that are aimed at.
TARGETS = {"lifetimes": 3, "pymc-marketing": 20}
PARAMETERS = ("r", "alpha", "a", "b")
TRUTH = {"r": 0.8, "alpha": 6.0, "a": 0.9, "b": 3.0}
#: Seconds after which a step is stopped.
PATIENCE = 900.0


def write_customers(path: Path, customers: int) -> None:
    """Days of repeat purchases, weeks to the last one and to the date, of customers who follow the model."""
    random = np.random.default_rng(7)
    rate = random.gamma(TRUTH["r"], 1 / TRUTH["alpha"], customers)
    leaves = random.beta(TRUTH["a"], TRUTH["b"], customers)
    age_days = random.integers(7, 2 * 365, customers)
    repeats, last, now = (np.zeros(customers) for _ in range(3))
    is_active = np.ones(customers, dtype=bool)
    while is_active.any():
        now = now + random.exponential(1 / rate)
        day = np.ceil(now * 7)
        is_active &= day <= age_days
        # Purchases of a day are one.
        repeats += is_active & (day > last)
        last = np.where(is_active, day, last)
        is_active &= random.random(customers) > leaves
    np.savez(path, repeats=repeats, recency=last / 7, age=age_days / 7)


def timed(repetitions: int, fit: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What the last ``fit`` gave, and the times: of the first, and of the best after it."""
    seconds = []
    for _ in range(repetitions):
        started, processor = time.perf_counter(), time.process_time()
        found = fit()
        seconds.append((time.perf_counter() - started, time.process_time() - processor))
    best = min(seconds[1:])
    return found, {"first_seconds": seconds[0][0], "seconds": best[0], "processor_seconds": best[1]}


def with_clientele(customers: dict[str, Any]) -> dict[str, Any]:
    from clientele.value.bgnbd import fit_bgnbd
    from clientele.value.statistics import compress

    fit, times = timed(
        3, lambda: fit_bgnbd(compress(customers["repeats"], customers["recency"], customers["age"]))
    )
    if fit.parameters is None:
        raise SystemExit(f"no parameters: {fit.reason}")
    return {**times, "parameters": vars(fit.parameters)}


def with_lifetimes(customers: dict[str, Any]) -> dict[str, Any]:
    from lifetimes import BetaGeoFitter

    history = (customers["repeats"], customers["recency"], customers["age"])
    fitter, times = timed(2, lambda: BetaGeoFitter().fit(*history))
    return {**times, "parameters": {name: float(fitter.params_[name]) for name in PARAMETERS}}


def with_pymc_marketing(customers: dict[str, Any]) -> dict[str, Any]:
    import pandas as pd
    from pymc_extras.prior import Prior
    from pymc_marketing.clv import BetaGeoModel

    data = pd.DataFrame(
        {
            "customer_id": np.arange(len(customers["age"])),
            "frequency": customers["repeats"],
            "recency": customers["recency"],
            "T": customers["age"],
        }
    )

    def fit() -> Any:
        model = BetaGeoModel(data=data, model_config={name: Prior("HalfFlat") for name in PARAMETERS})
        model.fit(method="map", progressbar=False)
        return model.idata.posterior

    posterior, times = timed(2, fit)
    return {**times, "parameters": {name: float(posterior[name].mean()) for name in PARAMETERS}}


STEPS = {"clientele": with_clientele, "lifetimes": with_lifetimes, "pymc-marketing": with_pymc_marketing}


def measure(customers: int, home: Path, folder: Path) -> list[dict[str, Any]]:
    """Every step on as many customers as it holds, at most ``customers``, with ours on as many."""
    import sys

    from peers import peers_python, run_step

    peers = peers_python(home)

    def run(step: str, size: int) -> dict[str, Any] | str:
        file = folder / f"customers_{size}.npz"
        if not file.exists():
            write_customers(file, size)
        python = sys.executable if step == "clientele" else peers
        return run_step(python, __file__, ["--step", step, "--file", str(file)], PATIENCE)

    ours: dict[int, dict[str, Any] | str] = {customers: run("clientele", customers)}
    results: list[dict[str, Any]] = [
        {"step": "clientele", "customers": customers, "outcome": ours[customers]}
    ]
    for step in TARGETS:
        size = customers
        while isinstance(outcome := run(step, size), str) and peers is not None and size >= 10_000:
            results.append({"step": step, "customers": size, "outcome": outcome})
            size //= 10
        results.append({"step": step, "customers": size, "outcome": outcome})
        if isinstance(outcome, str):
            continue
        own = ours.setdefault(size, run("clientele", size) if size not in ours else ours[size])
        if isinstance(own, str):
            raise SystemExit(f"the fit failed: {own}")
        for figure in ("first_seconds", "seconds"):
            outcome[f"{figure}_times_ours"] = round(outcome[figure] / own[figure], 1)
        outcome["largest_difference"] = max(
            abs(outcome["parameters"][name] - own["parameters"][name]) for name in PARAMETERS
        )
    return results


def run(customers: int, home: Path) -> None:
    """Measure, print a table and write it as JSON."""
    from results import machine, print_table, write_measured

    before = machine()
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        results = measure(customers, home, Path(name))
    write_measured(home / "prediction_fit.json", before, targets=TARGETS, results=results)
    print_table(
        (
            "fit",
            "customers",
            "first fit, s",
            "times ours",
            "fit again, s",
            "times ours",
            "aim",
            "r, alpha, a, b",
        ),
        map(row_of, results),
    )


def row_of(result: dict[str, Any]) -> tuple[object, ...]:
    outcome = result["outcome"]
    if isinstance(outcome, str):
        return result["step"], result["customers"], outcome, *[None] * 5
    times = (
        figure
        for key in ("first_seconds", "seconds")
        for figure in (round(outcome[key], 2), outcome.get(f"{key}_times_ours"))
    )
    parameters = ", ".join(f"{outcome['parameters'][name]:.4f}" for name in PARAMETERS)
    return result["step"], result["customers"], *times, TARGETS.get(result["step"]), parameters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, default=Path(".clientele/bench"))
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step is None:
        run(arguments.customers, arguments.home)
        return
    warnings.simplefilter("ignore")
    print(json.dumps(STEPS[arguments.step](dict(np.load(arguments.file)))))


if __name__ == "__main__":
    main()
