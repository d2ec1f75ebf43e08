"""Who may use the stand-in, and for what: Manage's API members, security roles and client ids."""

from __future__ import annotations

import hmac
from collections.abc import Set as AbstractSet
from enum import StrEnum
from http import HTTPStatus

from msgspec import Struct
from werkzeug.datastructures import Authorization

from sync.sandbox.faults import ApiError

COMPANY = "acme"
PUBLIC_KEY = "sandbox"
PRIVATE_KEY = "sandbox"
"""The practice site's published login, with any client id. It opens nothing but a stand-in on this computer."""


class Permission(StrEnum):
    """What a security role may grant."""

    READ_INVOICES = "read invoices"
    READ_BILLING_STATUSES = "read billing statuses"
    READ_PAYMENTS = "read payments"
    WRITE_PAYMENTS = "write payments"


class Login(Struct, frozen=True, kw_only=True):
    """The one login that the stand-in knows.

    Attributes:
        company: Manage's company id.
        public_key: of the API member.
        private_key: of the API member.
        permissions: what its role grants; a set that is changed meanwhile takes effect at once.
    """

    company: str
    public_key: str
    private_key: str
    permissions: AbstractSet[Permission]

    def admit(self, given: Authorization | None, client_id: str) -> None:
        """Let a caller in.

        Raises:
            ApiError: (401) wrong or missing company, keys or client id.
        """
        known = f"{self.company}+{self.public_key}:{self.private_key}"
        said = f"{given.username}:{given.password}" if given is not None and given.type == "basic" else ""
        if not hmac.compare_digest(said.encode(), known.encode()):
            raise _unauthorized("Invalid company, public key or private key.")
        if not client_id.strip():
            raise _unauthorized("The request has no clientId header.")

    def need(self, permission: Permission) -> None:
        """Insist on a permission.

        Raises:
            ApiError: (403) the role does not grant it.
        """
        if permission not in self.permissions:
            raise ApiError(
                HTTPStatus.FORBIDDEN, "Forbidden", f"The security role does not allow this member to {permission}."
            )


def _unauthorized(message: str) -> ApiError:
    return ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized", message)
