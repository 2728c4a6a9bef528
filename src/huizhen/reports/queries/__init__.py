"""Reads of reports. `state`: how far the figures are behind. `metrics`: what each figure means. `figures`: their values."""
