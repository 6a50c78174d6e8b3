"""How the tables came to be, step by step. Run by :meth:`copilot.store.Store.upgrade`; a step is never changed."""
