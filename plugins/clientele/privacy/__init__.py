"""Personal data: normalised, hashed with a key, and kept in an encrypted vault."""
