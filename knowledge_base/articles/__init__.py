"""One article: its file, fields, content, cases, passages, and how two versions differ."""
