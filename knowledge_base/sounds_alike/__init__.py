"""Names and terms that were misheard, found by their sound."""
