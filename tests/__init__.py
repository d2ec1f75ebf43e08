"""Tests: real parts wherever a real part can show the fault."""
