"""Papers drawn from figures. `bulletin`: 通报."""
