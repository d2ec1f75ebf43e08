"""Fixtures of the neighbouring folders."""

from tests.cli.conftest import practice, terminal
from tests.manage.conftest import client, site
from tests.support.mariadb import mariadb
from tests.usecases.conftest import office
from tests.workbook.conftest import files, reviewed, written

__all__ = ["client", "files", "mariadb", "office", "practice", "reviewed", "site", "terminal", "written"]
