"""What the API answers: a table of all operations, and a module for each kind.

A function takes the request and what its path names, and returns the response.
"""
