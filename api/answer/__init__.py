"""From what is asked to an answer: its batch, its pages, its format, its size."""
