"""The index on disk and in memory: words, sounds and vectors of every passage, changed in place."""
