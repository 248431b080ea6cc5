"""Write the JSON schema of scheme files: ``python -m clientele.tiers.json_schema FILE``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from clientele.tiers.scheme import json_schema


def text() -> str:
    """The schema as it stands in the file that editors read."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
