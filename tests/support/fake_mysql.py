"""A small MySQL server on real sockets, for what no MariaDB can be told to do.

It logs in as MySQL 8 does, refuses by any number at any moment, or falls silent anywhere. What is asked after the
login it passes on to a real MariaDB. Packets are those of MySQL's protocol: three bytes of length, one of sequence, the
payload.
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import struct
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from threading import Event, Thread
from typing import Any, Self

import pymysql
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from msgspec import Struct

from tests.support.mariadb import PASSWORD, READER

HOST, VERSION = "127.0.0.1", "5.5.5-10.11.6-MariaDB"
"""Where it listens, and its version: drivers ask by it for what the MariaDB behind has to know."""
BEGUN = 700
"""Bytes of an answer before it stops: the columns' names and some rows."""
LONGEST = 60.0
"""Seconds after which it gives up on anybody."""
NATIVE, SHA2 = "mysql_native_password", "caching_sha2_password"
SALT = bytes(range(33, 53))
_CONNECT_WITH_DB, _SSL, _PLUGIN_AUTH, _LENENC, _SECURE = 0x8, 0x800, 0x80000, 0x200000, 0x8000
_CAPABILITIES = 0x1 | 0x4 | _CONNECT_WITH_DB | 0x200 | 0x2000 | _SECURE | 0x10000 | 0x20000 | _PLUGIN_AUTH
"""Long password and flag, a database at login, protocol 41, transactions, 4.1 login, several results, plug-ins."""
_OK = b"\x00\x00\x00\x02\x00\x00\x00"
_QUERY, _PREPARE = 3, 22


class At(StrEnum):
    """The moment at which something happens."""

    GREETING = "greeting"
    LOGIN = "login"
    STATEMENT = "statement"


class Refusal(Struct, frozen=True, kw_only=True):
    """What happens instead of an answer.

    Attributes:
        at: the moment.
        number: of the error that is sent; None for silence.
        state: its SQLSTATE.
        words: of the error.
        statement: a pattern of the statement that meets it; every other one is answered.
        partial: the answer of the MariaDB behind begins, and stops in the middle of its rows.
    """

    at: At
    number: int | None = None
    state: str = "HY000"
    words: str = "no"
    statement: str = ""
    partial: bool = False


class FakeMySql:
    """A server, as a context manager.

    Args:
        refusal: what it does not do; None for a server that does all.
        upstream: port and database of the MariaDB that answers statements.
        plugin: by which it logs in.
        fast: what MySQL 8 has in its cache, so that the password itself is not needed.
        tls: its certificate, where it offers TLS.
        switch: another plug-in that it asks for after the greeting's.
        greeting: other bytes in the place of a greeting.

    Attributes:
        port: where it listens.
        passwords: what it was sent as a password, in the clear or under its public key.
        ways: how each was sent: fast, rsa or tls.
    """

    def __init__(
        self,
        refusal: Refusal | None = None,
        upstream: tuple[int, str] | None = None,
        *,
        plugin: str = NATIVE,
        fast: bool = False,
        tls: ssl.SSLContext | None = None,
        switch: bytes | None = None,
        greeting: bytes | None = None,
    ) -> None:
        self._refusal, self._upstream, self._plugin, self._fast = refusal, upstream, plugin, fast
        self._tls, self._switch, self._greeting = tls, switch, greeting
        self._over = Event()
        self._left: int | None = None
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if plugin == SHA2 else None
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self.passwords: list[str] = []
        self.ways: list[str] = []

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                taken, _ = self._listener.accept()
                taken.settimeout(LONGEST)
                Thread(target=self._serve, args=(taken,), daemon=True).start()

    def _serve(self, taken: socket.socket) -> None:
        with suppress(OSError, EOFError, pymysql.Error), taken:
            if self._greeting is not None:
                taken.sendall(self._greeting)
            elif not self._meets(At.GREETING, taken, 0):
                self._log_in(taken)
                return
            self._over.wait(LONGEST if self._greeting is None else 0)

    def _meets(self, at: At, taken: socket.socket, sequence: int) -> bool:
        """Do what the refusal says of this moment; return whether it said anything."""
        if self._refusal is None or self._refusal.at is not at:
            return False
        if self._refusal.number is not None:
            _send(taken, sequence, self._error(early=at is At.GREETING))
        if self._refusal.number is None:
            self._over.wait(LONGEST)
        return True

    def _error(self, *, early: bool = False) -> bytes:
        assert self._refusal is not None
        assert self._refusal.number is not None
        state = b"" if early else b"#" + self._refusal.state.encode()
        return b"\xff" + struct.pack("<H", self._refusal.number) + state + self._refusal.words.encode()

    def _log_in(self, taken: socket.socket) -> None:
        """Greet, ask for name and password, and answer statements from then."""
        offered = _CAPABILITIES | (_SSL if self._tls else 0)
        _send(
            taken,
            0,
            b"\x0a" + VERSION.encode() + b"\0" + struct.pack("<I", 7) + SALT[:8] + b"\0"
            + struct.pack("<H", offered & 0xFFFF) + b"\x2d\x02\x00" + struct.pack("<H", offered >> 16)
            + b"\x15" + bytes(10) + SALT[8:] + b"\0" + self._plugin.encode() + b"\0",
        )  # fmt: skip
        sequence, answer = _receive(taken)
        if struct.unpack("<I", answer[:4])[0] & _SSL and self._tls:
            with self._tls.wrap_socket(taken, server_side=True) as wire:
                self._let_in(wire, *_receive(wire))
        else:
            self._let_in(taken, sequence, answer)

    def _let_in(self, taken: socket.socket, sequence: int, answer: bytes) -> None:
        if self._switch is not None:
            _send(taken, sequence + 1, self._switch)
            sequence, _ = _receive(taken)
        elif self._plugin == SHA2:
            sequence = self._sha2(taken, sequence, answer)
        if not self._meets(At.LOGIN, taken, sequence + 1):
            _send(taken, sequence + 1, _OK)
            self._pass_on(taken)

    def _sha2(self, taken: socket.socket, sequence: int, answer: bytes) -> int:
        """Log in as MySQL 8 does: by the cache, else with the password, over TLS or under the server's key."""
        at = answer.index(b"\0", 32) + 1
        scramble = answer[at + 1 : at + 1 + answer[at]]
        if not scramble:  # MariaDB's client waits to be asked
            _send(taken, sequence + 1, b"\xfe" + SHA2.encode() + b"\0" + SALT + b"\0")
            sequence, scramble = _receive(taken)
        if self._fast:
            assert scramble == _scrambled(PASSWORD)
            self.ways.append("fast")
            _send(taken, sequence + 1, b"\x01\x03")
            return sequence + 1
        _send(taken, sequence + 1, b"\x01\x04")
        sequence, sent = _receive(taken)
        if isinstance(taken, ssl.SSLSocket):
            self.ways.append("tls")
            self.passwords.append(sent.rstrip(b"\0").decode())
            return sequence
        assert self._key is not None
        assert sent == b"\x02"
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        _send(taken, sequence + 1, b"\x01" + public)
        sequence, sent = _receive(taken)
        sha1 = hashes.SHA1()  # noqa: S303 - as MySQL does
        opened = self._key.decrypt(sent, padding.OAEP(mgf=padding.MGF1(algorithm=sha1), algorithm=sha1, label=None))
        self.ways.append("rsa")
        self.passwords.append(bytes(byte ^ SALT[i % 20] for i, byte in enumerate(opened)).rstrip(b"\0").decode())
        return sequence

    def _pass_on(self, wire: socket.socket) -> None:
        """Pass statements on to MariaDB, but for the one that is refused."""
        behind: Any = None
        if self._upstream:
            port, database = self._upstream
            behind = pymysql.connect(
                host=HOST, port=port, user=READER, password=PASSWORD, database=database, ssl_disabled=True
            )
            Thread(target=self._answer, args=(behind._sock, wire), daemon=True).start()
        while True:
            _, asked = _receive(wire)
            text = asked[1:].decode(errors="replace") if asked[:1] in {bytes([_QUERY]), bytes([_PREPARE])} else ""
            refused = self._refusal is not None and re.search(self._refusal.statement, text)
            if text and refused and self._refusal and self._refusal.partial:
                self._left = BEGUN
                behind._sock.sendall(struct.pack("<I", len(asked)) + asked)
            elif text and refused and self._meets(At.STATEMENT, wire, 1):
                if self._refusal and self._refusal.number is None:
                    return
            elif behind is not None:
                behind._sock.sendall(struct.pack("<I", len(asked)) + asked)
            elif text:
                _send(wire, 1, _OK)

    def _answer(self, behind: socket.socket, wire: socket.socket) -> None:
        """Pass answers back, as long as something of them is left."""
        with suppress(OSError):
            while data := behind.recv(65536):
                wire.sendall(data[: self._left])
                self._left = None if self._left is None else max(0, self._left - len(data))


def _send(taken: socket.socket, sequence: int, payload: bytes) -> None:
    taken.sendall(struct.pack("<I", len(payload))[:3] + bytes([sequence % 256]) + payload)


def _receive(taken: socket.socket) -> tuple[int, bytes]:
    head = _exactly(taken, 4)
    return head[3], _exactly(taken, int.from_bytes(head[:3], "little"))


def _exactly(taken: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = taken.recv(size - len(found))
        if not more:
            raise EOFError
        found += more
    return found


def _scrambled(password: str) -> bytes:
    """The proof that MySQL 8's cache takes: SHA256(password) XOR SHA256(SHA256(SHA256(password)), salt)."""
    first = hashlib.sha256(password.encode()).digest()
    proof = hashlib.sha256(hashlib.sha256(first).digest() + SALT).digest()
    return bytes(one ^ other for one, other in zip(first, proof, strict=True))


def old_password() -> bytes:
    """The packet of a server that wants the password in the form from before 4.1."""
    return b"\xfe"


def wants(plugin: str, then: Sequence[int] = SALT) -> bytes:
    """The packet of a server that wants another plug-in."""
    return b"\xfe" + plugin.encode() + b"\0" + bytes(then) + b"\0"
