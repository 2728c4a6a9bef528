"""Who may read which reports. `scopes`: whose figures."""
