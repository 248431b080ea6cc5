"""dbt that ends with its caller: ``python -m clientele.warehouse.dbt_worker``, then dbt's own arguments.

Left alone by a caller that was killed, it would go on for minutes: the candidate stays locked, so that no
later try of the same build gets in, and the next run has half of the memory.
"""

from __future__ import annotations

from dbt.cli.main import cli

from clientele.caller import end_with_the_caller

if __name__ == "__main__":
    end_with_the_caller()
    cli()
