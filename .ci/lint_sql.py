"""sqlfluff with a garbage collector that looks at its syntax trees less often: `lint_sql.py lint PATH`.

A tree is hundreds of thousands of objects, all of them in use; at Python's own thresholds looking at them
again and again takes two fifths of the time.
"""

import gc

# On import: the processes that sqlfluff starts import this file as well, and run nothing of what is below.
gc.set_threshold(100_000, 50, 50)

if __name__ == "__main__":
    from sqlfluff.cli.commands import cli

    cli()
