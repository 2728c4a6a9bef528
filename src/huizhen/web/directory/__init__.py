"""Pages of the directory: groups, experts, branches, roster import, campaign settings."""
