"""One call: hear, advise, decide, file. Start reading at :mod:`copilot.session`."""
