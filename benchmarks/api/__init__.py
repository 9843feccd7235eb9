"""How fast the API answers: `make bench-api`, or `python -m benchmarks.api --help`."""
