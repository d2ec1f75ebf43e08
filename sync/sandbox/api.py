"""Manage's REST API, as far as Tieout uses it, under both of the addresses at which a cloud site answers."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import msgspec
from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from sync.sandbox.bodies import draft, patched
from sync.sandbox.faults import ApiError
from sync.sandbox.listing import Query, Row, chosen, page_of, read_query
from sync.sandbox.login import Login, Permission
from sync.sandbox.resources import STATUS_RESOURCE, Resource, invoice_resource, payment_resource
from sync.sandbox.store import Store

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
        return _json(_company_info(company) if company == login.company else None)

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
            ("GET", invoices, Permission.READ_INVOICES, self.invoices),
            ("GET", f"{invoices}/count", Permission.READ_INVOICES, self.count),
            ("GET", f"{invoices}/<int:invoice_id>", Permission.READ_INVOICES, self.invoice),
            ("GET", "/finance/billingStatuses", Permission.READ_BILLING_STATUSES, self.statuses),
            ("GET", payments, Permission.READ_PAYMENTS, self.payments),
            ("POST", payments, Permission.WRITE_PAYMENTS, self.create),
            ("GET", f"{payments}/<int:number>", Permission.READ_PAYMENTS, self.payment),
            ("PATCH", f"{payments}/<int:number>", Permission.WRITE_PAYMENTS, self.patch),
            ("PUT", f"{payments}/<int:number>", Permission.WRITE_PAYMENTS, self.put),
            ("DELETE", f"{payments}/<int:number>", Permission.WRITE_PAYMENTS, self.delete),
        )
        for method, rule, permission, view in routes:
            blueprint.add_url_rule(rule, view.__name__, self._guarded(permission, view), methods=[method])
        blueprint.before_request(self._admit)
        blueprint.register_error_handler(ApiError, _refused)
        return blueprint

    def system(self) -> Response:
        """`GET /system/info`."""
        return _json(
            {
                "version": f"v{VERSION}",
                "isCloud": True,
                "serverTimeZone": "Eastern Standard Time",
                "licenseBits": [],
                "cloudRegion": "NA",
                "maxWorkFlowRecordsAllowed": 1000,
            }
        )

    def invoices(self) -> Response:
        """`GET /finance/invoices`."""
        return _list(invoice_resource(self._store.statuses()), self._store.invoices())

    def count(self) -> Response:
        """`GET /finance/invoices/count`."""
        resource = invoice_resource(self._store.statuses())
        found = chosen(resource, self._store.invoices(), _query().conditions)
        return _json({"count": sum(1 for _ in found)})

    def invoice(self, invoice_id: int) -> Response:
        """`GET /finance/invoices/{id}`."""
        show = invoice_resource(self._store.statuses()).cut(_query().fields)
        return _json(show(self._store.invoice(invoice_id)))

    def statuses(self) -> Response:
        """`GET /finance/billingStatuses`."""
        return _list(STATUS_RESOURCE, self._store.statuses())

    def payments(self, invoice_id: int) -> Response:
        """`GET /finance/invoices/{id}/payments`."""
        invoice = self._store.invoice(invoice_id)
        return _list(payment_resource(invoice), list(self._store.payments(invoice_id)))

    def payment(self, invoice_id: int, number: int) -> Response:
        """`GET /finance/invoices/{id}/payments/{id}`."""
        return self._shown(invoice_id, number, HTTPStatus.OK)

    def create(self, invoice_id: int) -> Response:
        """`POST /finance/invoices/{id}/payments`."""
        payment = self._store.create(invoice_id, draft(_body(), invoice_id))
        return self._shown(invoice_id, payment.id, HTTPStatus.CREATED)

    def patch(self, invoice_id: int, number: int) -> Response:
        """`PATCH /finance/invoices/{id}/payments/{id}`."""
        body, date_clear = _body(), self._store.behaviour.date_clear
        self._store.change(invoice_id, number, lambda payment: patched(body, payment, date_clear))
        return self._shown(invoice_id, number, HTTPStatus.OK)

    def put(self, invoice_id: int, number: int) -> Response:
        """`PUT /finance/invoices/{id}/payments/{id}`: what is left out is lost."""
        sent = self._store.dated(draft(_body(), invoice_id))
        self._store.change(invoice_id, number, lambda _: sent)
        return self._shown(invoice_id, number, HTTPStatus.OK)

    def delete(self, invoice_id: int, number: int) -> Response:
        """`DELETE /finance/invoices/{id}/payments/{id}`."""
        self._store.delete(invoice_id, number)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _shown(self, invoice_id: int, number: int, status: HTTPStatus) -> Response:
        show = payment_resource(self._store.invoice(invoice_id)).cut(_query().fields)
        return _json(show(self._store.payment(invoice_id, number)), status)

    def _admit(self) -> None:
        self._login.admit(request.authorization, request.headers.get("clientId", ""))

    def _guarded(self, permission: Permission | None, view: Callable[..., Response]) -> Callable[..., Response]:
        def guarded(**numbers: int) -> Response:
            if permission is not None:
                self._login.need(permission)
            return view(**numbers)

        return guarded


def _query() -> Query:
    forward_only = request.headers.get("pagination-type", "").lower() == "forward-only"
    return read_query(request.base_url, request.args.to_dict(), forward_only=forward_only)


def _list(resource: Resource[Row], rows: list[Row]) -> Response:
    page = page_of(resource, rows, _query())
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
        raise ApiError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", "The body must be sent as application/json."
        )
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


def _company_info(company: str) -> dict[str, str]:
    return {
        "CompanyName": "Maple Networks Inc.",
        "Codebase": CODEBASE,
        "VersionCode": f"v{VERSION}",
        "VersionNumber": "v4.6.90000",
        "CompanyID": company,
        "IsCloud": "True",
    }
