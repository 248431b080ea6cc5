"""sqlfluff with less of what it does over and over: `lint_sql.py lint PATH`.

A tree is hundreds of thousands of objects, all of them in use; at Python's own thresholds the garbage
collector looks at them again and again, for two fifths of the time. Each rule of the layout finds out anew
how deep every word stands in the tree, which nothing changes where files are looked at and not mended. And
each tree is sent back by the process that looked at it, although only what was found in it is told.
"""

import gc
from typing import Any

from sqlfluff.core.linter.linted_file import LintedFile
from sqlfluff.core.linter.runner import MultiProcessRunner
from sqlfluff.core.parser.segments import BaseSegment
from sqlfluff.utils.reflow.depthmap import DepthMap

# On import: the processes that sqlfluff starts import this file as well, and run nothing of what is below.
gc.set_threshold(100_000, 50, 50)

_find_depths = DepthMap.from_parent
#: The last tree and its depths; the tree is kept, so that no other can have its identity.
_known: list[tuple[BaseSegment, DepthMap]] = []


def depths(parent: BaseSegment) -> DepthMap:
    """The depths of the words of a tree, found once for all rules."""
    if not _known or _known[0][0] is not parent:
        _known[:] = [(parent, _find_depths(parent))]
    # A copy: a rule that proposes words adds their depths.
    copied = DepthMap([])
    copied.depth_info = dict(_known[0][1].depth_info)
    return copied


def without_tree(task: Any) -> Any:
    """What was found in a file, or what went wrong."""
    found = _look(task)
    return found._replace(tree=None) if isinstance(found, LintedFile) else found


_look = MultiProcessRunner._apply
DepthMap.from_parent = depths
MultiProcessRunner._apply = staticmethod(without_tree)

if __name__ == "__main__":
    from sqlfluff.cli.commands import cli

    cli()
