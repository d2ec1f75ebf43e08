"""The Manage client over real sockets."""
