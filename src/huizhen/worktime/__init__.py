"""The working calendar as data: holidays, make-up working days, office hours. The arithmetic is `lib.workdays`."""
