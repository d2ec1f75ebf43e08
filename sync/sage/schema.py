"""The tables of Sage that Tieout reads, as it needs them: one definition for the sample company's sqlite and for MySQL.

Never used on a real company. Names and kinds are those of public sources; see the facts on Sage's schema.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """A column's kind; the value is MySQL's type."""

    NUMBER = "INT"
    SMALL = "SMALLINT"
    FLAG = "TINYINT"
    AMOUNT = "DOUBLE"
    MOMENT = "DATETIME"
    TEXT = "VARCHAR(52)"


_SQLITE = {Kind.AMOUNT: "REAL", Kind.MOMENT: "TEXT", Kind.TEXT: "TEXT"}

_STAMP = {"dtASDate": Kind.MOMENT, "tmASTime": Kind.MOMENT, "sASUserId": Kind.TEXT, "sASOrgId": Kind.TEXT}
_JOURNAL = {
    "lId": Kind.NUMBER,
    **_STAMP,
    "dtJourDate": Kind.MOMENT,
    "nModule": Kind.SMALL,
    "nType": Kind.SMALL,
    "sSource": Kind.TEXT,
    "sComment": Kind.TEXT,
    "lCurrncyId": Kind.NUMBER,
    "lRecId": Kind.NUMBER,
}

TABLES: dict[str, dict[str, Kind]] = {
    "tcompany": {"lId": Kind.NUMBER, "sCompName": Kind.TEXT, "dtSDate": Kind.MOMENT, "dtFDate": Kind.MOMENT},
    "tcustomr": {"lId": Kind.NUMBER, "sName": Kind.TEXT, **_STAMP, "nNetDay": Kind.SMALL, "lCurrncyId": Kind.NUMBER},
    "tcustr": {
        "lId": Kind.NUMBER,
        "lCusId": Kind.NUMBER,
        "dtDate": Kind.MOMENT,
        "sSource": Kind.TEXT,
        "nTranType": Kind.SMALL,
        "nNetDay": Kind.SMALL,
        "dPreTaxAmt": Kind.AMOUNT,
        "lCurrncyId": Kind.NUMBER,
    },
    "tcustrdt": {
        "lId": Kind.NUMBER,
        "lCusTrId": Kind.NUMBER,
        "dtDate": Kind.MOMENT,
        "sSource": Kind.TEXT,
        "nTranType": Kind.SMALL,
        "dAmount": Kind.AMOUNT,
        "dAmtHm": Kind.AMOUNT,
        "bReversed": Kind.FLAG,
        "lBnkAcctId": Kind.NUMBER,
        "lChqId": Kind.NUMBER,
        **_STAMP,
    },
    "tjourent": _JOURNAL,
    "tjently": _JOURNAL,
}
"""Columns by table, in the order in which the sample's rows give them."""

INDEXES = {"t_doc": ("tcustrdt", "lCusTrId"), "t_source": ("tcustr", "sSource"), "t_cus": ("tcustr", "lCusId")}


class Flavour(Struct, frozen=True):
    """How one database spells the tables."""

    sqlite: bool

    def statements(self) -> list[str]:
        """CREATE TABLE and CREATE INDEX for every table."""
        tables = [
            f"CREATE TABLE {name} ({self._columns(columns)}, PRIMARY KEY (lId))" for name, columns in TABLES.items()
        ]
        return tables + [f"CREATE INDEX {name} ON {table} ({column})" for name, (table, column) in INDEXES.items()]

    def _columns(self, columns: dict[str, Kind]) -> str:
        return ", ".join(f"{name} {self._type(kind)}" for name, kind in columns.items())

    def _type(self, kind: Kind) -> str:
        return _SQLITE.get(kind, "INTEGER") if self.sqlite else kind.value


SQLITE, MYSQL = Flavour(sqlite=True), Flavour(sqlite=False)
