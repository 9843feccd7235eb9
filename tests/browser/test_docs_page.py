"""The page that shows the OpenAPI document, in a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_an_operation_can_be_tried(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page("/docs")
    page.locator("#operations-About-health").get_by_role("button").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    answer = page.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_have_text("200")
    expect(answer).to_contain_text('"status": "ok"')
    keep(page)
