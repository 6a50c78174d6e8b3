"""Routers on disk: their files, what stands on their cards, and which one serves."""
