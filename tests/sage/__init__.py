"""The Sage reader on sqlite and on MariaDB over ODBC, and the sample company."""
