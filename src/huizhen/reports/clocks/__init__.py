"""Pure calculation. `happenings`: what is countable of a case. `periods`: from when to when."""
