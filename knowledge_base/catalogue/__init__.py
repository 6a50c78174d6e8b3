"""The responsibility catalogue: departments, duties, rules of dispatch, and editing them."""
