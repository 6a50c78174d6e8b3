"""What a router is made of when it serves: features, heads, probabilities, reasons, cold start."""
