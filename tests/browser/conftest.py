import pytest

from tests.browser.jupyter import FLAGS, chromium, require_browser


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium without a JupyterLab."""
    require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), headless=True, args=FLAGS
        )
        yield browser
        browser.close()
