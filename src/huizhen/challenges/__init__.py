"""领题: what each branch takes on this year."""
