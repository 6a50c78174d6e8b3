"""How a router is learned: examples, folds, heads, the tuned encoder, what unlabelled appeals add."""
