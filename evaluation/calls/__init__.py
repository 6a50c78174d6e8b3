"""Whole calls replayed: what was heard, suggested and when, against what people marked in them."""
