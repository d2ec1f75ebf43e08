"""The MariaDB server of this folder's tests."""

from tests.support.mariadb import mariadb

__all__ = ["mariadb"]
