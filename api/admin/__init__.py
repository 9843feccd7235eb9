"""What the admin's routes take and tell."""
