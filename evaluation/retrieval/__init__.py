"""Judged questions: what search finds, when it is silent, what was asked without an answer."""
