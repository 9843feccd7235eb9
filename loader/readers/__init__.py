"""Readers: the bytes of a file become records, each with the texts that it holds.

`formats` says which one opens a file. None of them knows a contract's rules or the
database.
"""
