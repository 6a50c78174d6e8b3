"""Sound before and text after a recogniser: cutting, ends of utterances, numbers as they are written."""
