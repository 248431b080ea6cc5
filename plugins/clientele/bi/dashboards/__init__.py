"""The dashboards, in the order in which they are read."""

from __future__ import annotations

from typing import Final

from clientele.bi.dashboards.movement import MOVEMENT
from clientele.bi.dashboards.quality import QUALITY
from clientele.bi.dashboards.retention import RETENTION
from clientele.bi.dashboards.tiers import TIERS
from clientele.bi.layout import Dashboard

DASHBOARDS: Final[tuple[Dashboard, ...]] = (TIERS, MOVEMENT, RETENTION, QUALITY)
