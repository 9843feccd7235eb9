"""Checking the data, and telling whoever should know: `catchment check`."""
