"""Plays the demo through everybody's actions."""
