"""What the API answers, one module a path."""
