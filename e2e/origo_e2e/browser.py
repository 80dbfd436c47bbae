"""A real browser without a window, driven over WebDriver.

Source: https://www.w3.org/TR/webdriver2/
"""

import base64
import contextlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from origo_e2e import check
from origo_e2e.processes import Process, free_port
from origo_e2e.programs import Programs

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key that the standard names an element by
_STALE_SECONDS = 5
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1180,1000",
)


class Browser:
    """One window. What is clicked has to be visible, as for a person."""

    def __init__(self, url: str) -> None:
        self._url = url

    def open(self, url: str) -> None:
        """Loads a page."""
        self._call("POST", "/url", {"url": url})

    def text(self, selector: str) -> str:
        """The text of an element as it is shown."""
        return self._call("GET", f"/element/{self._find('css selector', selector)}/text")

    def click(self, button: str) -> None:
        """Clicks the button with this text; finds it again if the page was drawn anew before the click."""
        check.eventually(lambda: self._click(button), _STALE_SECONDS, f"a click on '{button}'")

    def run(self, script: str) -> Any:
        """Runs JavaScript in the page and gives what it returns."""
        return self._call("POST", "/execute/sync", {"script": script, "args": []})

    def screenshot(self, path: Path) -> None:
        """Saves what is seen as PNG."""
        path.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def prefer(self, scheme: str) -> None:
        """Shows pages as for people who prefer a colour scheme: light or dark."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        body = {"cmd": "Emulation.setEmulatedMedia", "params": {"features": [feature]}}
        self._call("POST", "/goog/cdp/execute", body)

    def _click(self, button: str) -> None:
        element = self._find("xpath", f"//button[normalize-space()='{button}']")
        self._call("POST", f"/element/{element}/click", {})

    def _find(self, using: str, value: str) -> str:
        return self._call("POST", "/element", {"using": using, "value": value})[_ELEMENT]

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return _exchange(method, self._url + path, body)


@contextlib.contextmanager
def open_browser(programs: Programs, directory: Path) -> Iterator[Browser]:
    """Starts a browser with an empty profile; it ends in the end, also after a failure."""
    port = free_port()
    driver = Process("chromedriver", [programs.chromedriver, f"--port={port}"], directory / "chromedriver.log")
    url = f"http://127.0.0.1:{port}"
    options = {"binary": programs.chromium, "args": [*_FLAGS, f"--user-data-dir={directory / 'profile'}"]}
    wanted = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}
    try:
        driver.start()
        check.eventually(lambda: _exchange("GET", f"{url}/status"), 20, "chromedriver answers")
        session = f"{url}/session/" + _exchange("POST", f"{url}/session", {"capabilities": wanted})["sessionId"]
        try:
            yield Browser(session)
        finally:
            _exchange("DELETE", session)
    finally:
        driver.stop()


def _exchange(method: str, url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        value = json.load(error)["value"]
        raise check.Failure(f"{method} {url}: {value.get('error')}: {value.get('message')}") from error
