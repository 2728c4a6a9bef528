"""What can be found of reports. `stories`: what is on the board. `bulletins`: what was issued."""
