"""What only Windows shows: a real Windows Python under Wine, and what Windows itself starts, locks and keeps."""
