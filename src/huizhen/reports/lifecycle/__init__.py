"""States and moves of what is written for others to read, as data. Pure. `bulletins`: 通报. `stories`: 宣传."""
