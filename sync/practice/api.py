"""Manage's REST API, as far as Tieout uses it: who may call it, and its endpoints under both of a site's addresses."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from enum import StrEnum
from http import HTTPStatus

import msgspec
from flask import Blueprint, Flask, Response, request
from msgspec import Struct
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import HTTPException

from sync.core.values.records import Invoice, Payment
from sync.practice.invoice_lists import Query, Row, page_of, read_conditions, read_query
from sync.practice.json_records import INVOICE, ApiError, Fields, bad_query, not_found, payment_fields, shown
from sync.practice.payment_rules import patched_payment, sent_payment
from sync.practice.store import Store

COMPANY = "acme"
PUBLIC_KEY = "sandbox"
PRIVATE_KEY = "sandbox"
"""The practice site's published login, with any client id. It opens nothing but a stand-in on this computer."""


class Permission(StrEnum):
    """What a security role may grant."""

    READ_INVOICES = "read invoices"
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
        expected = f"{self.company}+{self.public_key}:{self.private_key}"
        said = f"{given.username}:{given.password}" if given is not None and given.type == "basic" else ""
        if not hmac.compare_digest(said.encode(), expected.encode()):
            raise _unauthorized("Invalid company, public key or private key.")
        if not client_id.strip():
            raise _unauthorized("The request has no clientId header.")

    def need(self, permission: Permission) -> None:
        """Insist on a permission.

        Raises:
            ApiError: (403) the role does not grant it.
        """
        if permission not in self.permissions:
            why = f"The security role does not allow this member to {permission}."
            raise ApiError(HTTPStatus.FORBIDDEN, "Forbidden", why)


def _unauthorized(message: str) -> ApiError:
    return ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized", message)


VERSION = "2025.1"
CODEBASE = "v2025_1/"
CODEBASES = (CODEBASE, "v4_6_release/")
_JSON = "application/json; charset=utf-8"
_VERSIONED = f"application/vnd.connectwise.com+json; version={VERSION}"
_BODIES = frozenset({"application/json", "application/vnd.connectwise.com+json"})
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def add_api(app: Flask, store: Store, login: Login) -> None:
    """Give an app the API and the codebase lookup."""

    def company_info(company: str) -> Response:
        info = {"CompanyName": "Maple Networks", "Codebase": CODEBASE, "CompanyID": company, "IsCloud": "True"}
        return _json(info if company == login.company else None)

    app.add_url_rule("/login/companyinfo/<company>", view_func=company_info)
    api = Api(store, login)
    for codebase in CODEBASES:
        app.register_blueprint(api.blueprint(codebase), url_prefix=f"/{codebase}apis/3.0")


def is_api(path: str) -> bool:
    """The path lies under one of the API's addresses."""
    return path.startswith(tuple(f"/{codebase}" for codebase in CODEBASES))


class Api:
    """The endpoints."""

    def __init__(self, store: Store, login: Login) -> None:
        self._store = store
        self._login = login

    def blueprint(self, codebase: str) -> Blueprint:
        """The endpoints under one address."""
        blueprint = Blueprint(codebase.rstrip("/"), __name__)
        invoices, payments = "/finance/invoices", "/finance/invoices/<int:invoice_id>/payments"
        routes: tuple[tuple[str, str, Permission | None, Callable[..., Response]], ...] = (
            ("GET", "/system/info", None, self.system),
            ("GET", "/finance/billingStatuses", Permission.READ_INVOICES, self.statuses),
            ("GET", invoices, Permission.READ_INVOICES, self.invoices),
            ("GET", f"{invoices}/count", Permission.READ_INVOICES, self.count),
            ("GET", f"{invoices}/<int:invoice_id>", Permission.READ_INVOICES, self.invoice),
            ("GET", payments, Permission.READ_PAYMENTS, self.payments),
            ("GET", f"{payments}/<int:number>", Permission.READ_PAYMENTS, self.payment),
            ("POST", payments, Permission.WRITE_PAYMENTS, self.create),
            ("PATCH", f"{payments}/<int:number>", Permission.WRITE_PAYMENTS, self.patch),
            ("DELETE", f"{payments}/<int:number>", Permission.WRITE_PAYMENTS, self.delete),
        )
        for method, rule, permission, view in routes:
            blueprint.add_url_rule(rule, view.__name__, self._guarded(permission, view), methods=[method])
        blueprint.before_request(self._admit)
        blueprint.register_error_handler(ApiError, _refused)
        return blueprint

    def system(self) -> Response:
        """`GET /system/info`."""
        return _json({"version": f"v{VERSION}", "isCloud": True})

    def statuses(self) -> Response:
        """`GET /finance/billingStatuses`: one is enough to see that they may be read."""
        return _json([{"id": 1}])

    def invoices(self) -> Response:
        """`GET /finance/invoices`."""
        query = _query()
        return _list(INVOICE, self._chosen(query), query)

    def count(self) -> Response:
        """`GET /finance/invoices/count`."""
        return _json({"count": sum(1 for _ in self._chosen(_query()))})

    def invoice(self, invoice_id: int) -> Response:
        """`GET /finance/invoices/{id}`."""
        return _json(shown(INVOICE, _query().fields)(self._store.invoice(invoice_id)))

    def payment(self, invoice_id: int, number: int) -> Response:
        """`GET /finance/invoices/{id}/payments/{id}`."""
        found = next((each for each in self._store.payments(invoice_id) if each.id == number), None)
        if found is None:
            raise not_found("Payment", number)
        return self._shown(found, HTTPStatus.OK)

    def payments(self, invoice_id: int) -> Response:
        """`GET /finance/invoices/{id}/payments`."""
        invoice = self._store.invoice(invoice_id)
        return _list(payment_fields(invoice), self._store.payments(invoice_id), _query())

    def create(self, invoice_id: int) -> Response:
        """`POST /finance/invoices/{id}/payments`."""
        payment = self._store.create(invoice_id, sent_payment(_body(), invoice_id, self._store.behaviour))
        return self._shown(payment, HTTPStatus.CREATED)

    def patch(self, invoice_id: int, number: int) -> Response:
        """`PATCH /finance/invoices/{id}/payments/{id}`."""
        body, date_clear = _body(), self._store.behaviour.date_clear
        payment = self._store.change(invoice_id, number, lambda payment: patched_payment(body, payment, date_clear))
        return self._shown(payment, HTTPStatus.OK)

    def delete(self, invoice_id: int, number: int) -> Response:
        """`DELETE /finance/invoices/{id}/payments/{id}`."""
        self._store.delete(invoice_id, number)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _chosen(self, query: Query) -> Iterable[Invoice]:
        return filter(read_conditions(query.conditions), self._store.invoices())

    def _shown(self, payment: Payment, status: HTTPStatus) -> Response:
        show = shown(payment_fields(self._store.invoice(payment.invoice_id)), _query().fields)
        return _json(show(payment), status)

    def _admit(self) -> None:
        self._login.admit(request.authorization, request.headers.get("clientId", ""))
        refused = self._store.behaviour.api_version
        if refused and f"version={refused}" in request.headers.get("Accept", ""):
            why = f"The resource that matches the request does not support the API version '{refused}'."
            raise bad_query("ConnectWiseApi", why)

    def _guarded(self, permission: Permission | None, view: Callable[..., Response]) -> Callable[..., Response]:
        def guarded(**numbers: int) -> Response:
            if permission is not None:
                self._login.need(permission)
            return view(**numbers)

        return guarded


def _query() -> Query:
    return read_query(request.base_url, request.args.to_dict())


def _list(fields: Fields[Row], rows: Iterable[Row], query: Query) -> Response:
    page = page_of(fields, rows, query)
    response = _json(page.records)
    if page.link:
        response.headers["Link"] = page.link
    return response


def _body() -> bytes:
    """The request's body.

    Raises:
        ApiError: (415) it is not marked as JSON.
    """
    if request.mimetype not in _BODIES:
        why = "The body must be sent as application/json."
        raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", why)
    return request.get_data()


def _json(value: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    versioned = "application/vnd.connectwise.com+json" in request.headers.get("Accept", "")
    response = Response(_ENCODER.encode(value), status, content_type=_VERSIONED if versioned else _JSON)
    response.headers["api-current-version"] = VERSION
    return response


def _refused(error: ApiError) -> Response:
    return _json(error.body(), error.status)


def failed(error: HTTPException) -> Response:
    """What has no record of Manage's own: an unknown address, a wrong method, a defect of the stand-in."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _json(ApiError(status, status.phrase.replace(" ", ""), error.description or status.phrase).body(), status)
