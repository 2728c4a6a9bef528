"""Pure building blocks: refusals, working time, Chinese text, codes. Imports no app and no Django."""
