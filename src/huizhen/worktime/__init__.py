"""The working calendar: which days and hours count. Arithmetic is in lib.workdays."""
