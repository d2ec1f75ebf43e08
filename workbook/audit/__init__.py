"""Audit packs: the papers of a run as data, and the files that are made of them."""
