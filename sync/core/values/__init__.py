"""The values: money, days, records of both systems, proposals, postings, sentences, errors."""
