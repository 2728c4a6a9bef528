"""What stands outside the house in the tests: the robots of three chat tools, a webhook's receiver, a mail server."""
