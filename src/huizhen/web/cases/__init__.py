"""The case page, its moves, the prescription matrix, files."""
