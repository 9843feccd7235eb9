"""From a query string to what is asked of a model, or the problem with it."""
