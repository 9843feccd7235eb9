"""The contract held: records become rows of COPY, or rejects with their reasons."""
