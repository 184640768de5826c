"""Errors of the domain: a stable code, words for people, and data for machines."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise


class DomainError(Exception):
    """Something that the rules do not allow; its text says what happened, what was kept and what to do next.

    `code` is stable and is what an API shows; `status` is the HTTP status that the one mapper uses.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str | Promise, *, code: str | None = None, **data: object) -> None:
        """Keep the words, an optional narrower code, and the data fields."""
        super().__init__(message)
        self.message = message
        self.detail_code = code or self.code
        self.data = data

    def __str__(self) -> str:
        """Return the words, in the language of the reader."""
        return str(self.message)


class NotFound(DomainError):
    """Absent, or not for this reader: the two look the same."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """Not allowed to this actor; shown as absent."""

    code = "not_found"
    status = 404


class Refused(DomainError):
    """The thing is not in a state in which this can be done, or another was first."""

    code = "refused"
    status = 409


class Invalid(DomainError):
    """What was given cannot be used."""

    code = "invalid"
    status = 422
