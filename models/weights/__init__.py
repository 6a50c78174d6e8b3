"""Weights: what there is, fetched, checked against their digests, converted and exported."""
