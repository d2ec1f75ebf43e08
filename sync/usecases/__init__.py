"""One module for each thing a person does, and the ports to what it needs."""
