"""The embedded sample company: a believable Canadian managed-service provider, made by code, the same every time."""

from sync.sage.sample.company import SampleCompany, build, fill, write_sqlite

__all__ = ["SampleCompany", "build", "fill", "write_sqlite"]
