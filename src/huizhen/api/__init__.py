"""The JSON interface. Same finds, same inputs, same actions as the pages."""
