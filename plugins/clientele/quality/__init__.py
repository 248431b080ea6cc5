"""Quality: expectations checked at the boundaries of a run, and the gate that stops a bad one."""
