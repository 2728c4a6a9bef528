"""Faults on purpose, with real processes: what is acknowledged must be there, once, whatever dies meanwhile. `make faults`."""
