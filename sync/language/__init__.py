"""The catalogues of sentences, one for each language."""
