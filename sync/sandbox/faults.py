"""Manage's refusals, in the shape in which its clients know them."""

from __future__ import annotations

from http import HTTPStatus


class ApiError(Exception):
    """A request that Manage refuses.

    Attributes:
        status: the HTTP status.
        code: Manage's word for the kind of refusal.
        message: Manage's sentence.
        problems: what is wrong with the record sent; None where no record is at fault.
    """

    def __init__(
        self, status: HTTPStatus, code: str, message: str, problems: tuple[dict[str, str], ...] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.problems = problems

    def body(self) -> dict[str, object]:
        """`ErrorResponseMessage` as JSON."""
        return {"code": self.code, "message": self.message, "errors": self.problems}


def invalid(resource: str, field: str, code: str, message: str) -> ApiError:
    """A record that Manage does not take as it was sent (400), with the field at fault."""
    problem = {"code": code, "message": message, "resource": resource, "field": field}
    return ApiError(HTTPStatus.BAD_REQUEST, "InvalidObject", f"{resource} object is invalid", (problem,))


def bad_query(code: str, message: str) -> ApiError:
    """A query string that Manage does not understand (400)."""
    return ApiError(HTTPStatus.BAD_REQUEST, code, message)


def not_found(resource: str, number: int) -> ApiError:
    """A record that does not exist (404)."""
    return ApiError(HTTPStatus.NOT_FOUND, "NotFound", f"{resource} {number} not found")
