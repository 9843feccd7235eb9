"""What a person has to put right before the local system can go on."""


class Trouble(RuntimeError):
    """Something is missing or broken: one sentence that says what to do."""
