"""How good it is: judged examples and the journal, replayed through the same copilot that is served."""
