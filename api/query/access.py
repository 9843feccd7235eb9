"""What the gate asks the database."""

# What is known of a key that is not revoked: digest, scopes, claims, rate, end.
KEY = """
select secret_sha256, scopes, claims, requests_per_minute, expires_at
from ops.api_key_of(%(id)s)
"""
