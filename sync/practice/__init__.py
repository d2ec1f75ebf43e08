"""The sample company and the practice site, to try Tieout without real data."""
