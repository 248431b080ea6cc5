"""Publishing: turn a checked candidate into an immutable release that readers see whole or not at all."""
