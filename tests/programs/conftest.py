"""A real Chromium for the tests of pages."""

import shutil

import pytest

from tests.support import missing

QUIET = (
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-gpu", "--no-sandbox"),  # containers have neither; the only pages opened are our own
)


@pytest.fixture(scope="session")
def chromium():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing('playwright is not installed: python -m pip install -e ".[browser]"')
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        missing("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Open a page and wait until it has read its test pictures; in the end, ask what it complained about."""
    contexts, complaints, requests = [], [], []

    def visit(address, **options):
        contexts.append(chromium.new_context(**{"viewport": {"width": 1366, "height": 768}, **options}))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address if isinstance(address, str) else address.as_uri())
        page.wait_for_selector("html[data-ready=true]", state="attached", timeout=120_000)
        return page

    visit.complaints, visit.requests = complaints, requests
    yield visit
    for context in contexts:
        context.close()
    assert complaints == []
    assert len(requests) == len(contexts), requests  # each page, and nothing else
