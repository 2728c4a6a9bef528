"""What the answers look like. Everything is named by human codes; moments are UTC, measured numbers are text, phones are masked."""
