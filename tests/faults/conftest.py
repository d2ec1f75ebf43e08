"""Fixtures of the neighbouring folders."""

from tests.cli.conftest import practice, terminal
from tests.manage.conftest import client, site
from tests.steps.conftest import office
from tests.support.mariadb import mariadb
from tests.workbook.conftest import files, reviewed, written

__all__ = ["client", "files", "mariadb", "office", "practice", "reviewed", "site", "terminal", "written"]
