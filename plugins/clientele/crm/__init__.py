"""The CRM side of a release: what changed for which customer, ready to be taken over."""
