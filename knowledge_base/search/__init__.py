"""The parts of a search: reading the question, weighing channels, the sentence that answers."""
