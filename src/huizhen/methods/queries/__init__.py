"""Every read of methods, starting from `policy.visible`."""
