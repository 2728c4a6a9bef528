"""Cases in bulk, for those who want to see many: the cases of the demo, told again of other people, places and days.

`days` moves moments by working days, `words` varies texts, `world` says who may stand for whom, `templates` reads cases back as rows,
`making` makes rows of one more case from a template, `numbers` its figures, `writing` brings rows into the database, `actions` drives it all.

Rows are written past the actions, many at a time; what they say is what the actions left of the case they were made from. The
journal of each is whole: numbered, chained, with keyed digests.
"""
