"""The life of articles at the desk: drafted, checked, published, known, reminded of."""
