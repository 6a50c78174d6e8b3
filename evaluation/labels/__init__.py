"""What people decided, as labels with weights, and which of them are probably wrong."""
