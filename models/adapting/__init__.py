"""An embedder adapted to a city's own articles: questions made, a map fitted, a gate that may refuse it."""
