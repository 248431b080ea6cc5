"""The few errors a caller has to tell apart; each knows the exit code the command ends with.

Every message is one line that says what is wrong and where; ``remedy`` says what to do about it.
"""

from __future__ import annotations


class ClienteleError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 3

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class GateFailedError(ClienteleError):
    """A gate or a check said no: nothing is published."""

    exit_code = 1


class ConfigurationError(ClienteleError):
    """Wrong use: a bad option, setting, description or scheme file."""

    exit_code = 2


class UnavailableError(ClienteleError):
    """It could not be done: a file cannot be read, a disk is full, a service is down."""

    exit_code = 3
