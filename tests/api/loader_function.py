"""The loader in place of Lambda's, under its own role, for routes that ask it."""

import os

from loader import handler as loader


class Function:
    """The loader's handler as Lambda runs it; `raises` is in its place, if set."""

    def __init__(self, url):
        self.url = url
        self.raises = None
        self.events = []

    def __call__(self, event, context):
        self.events.append(event)
        if self.raises:
            raise self.raises
        before = os.environ["DATABASE_URL"]
        os.environ["DATABASE_URL"] = self.url
        try:
            return loader.handler(event, context)
        finally:
            os.environ["DATABASE_URL"] = before
