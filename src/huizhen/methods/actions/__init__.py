"""Every write on methods. Each is atomic, journals itself and asks for the right of the acting user."""
