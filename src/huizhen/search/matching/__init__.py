"""What is asked and how well it is met: lexemes, questions, scores, marked pieces of text. Pure."""
