"""The top floor: settings, addresses, servers, command line."""
