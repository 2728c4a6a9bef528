"""Campaigns, domains, units, branches, groups, persons, postings: who is who, where and when."""
