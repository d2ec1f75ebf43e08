"""One suite per port, passed by the stand-ins and by the real adapters."""
