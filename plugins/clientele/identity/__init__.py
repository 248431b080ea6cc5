"""Why accounts are one customer, and which customers might be one person."""
