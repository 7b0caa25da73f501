# SPDX-License-Identifier: Apache-2.0
"""browser.py - a real browser: Chromium, driven by WebDriver, with all that it says and asks for written down."""

import json
import pathlib
import shutil
import time

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

TOP = pathlib.Path(__file__).resolve().parents[2]
AXE = TOP / "web" / "node_modules" / "axe-core" / "axe.min.js"
# No root, no sandbox, no graphics card, and nothing that it would say to its maker by itself.
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
           "--no-default-browser-check", "--lang=en", "--window-size=1280,900")
DRAWN = """const cy = document.querySelector('.drawing')._cyreg.cy;
return cy.nodes().map((node) => [node.data('text').split('\\n')[0].slice(2), node.data('status'),
                                 node.style('background-color')]);"""


def start(folder):
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("needs Chromium and its driver: contrib/install-deps --test")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in (*OPTIONS, f"--user-data-dir={folder}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(driver))


class Page:
    """The page of a server, in the browser."""

    def __init__(self, driver, server):
        self.driver, self.server = driver, server
        self.requests, self.said = [], []
        self.listen()
        self.requests, self.said = [], []  # what was before is not ours
        self.light("light")

    # ---- what it looks at ----

    def open(self, place=""):
        """As a link would; the first time, the key is typed in."""
        self.driver.get(self.server.url + "/" + place)
        if self.all("#key"):
            self.one("#key").send_keys(self.server.key)
            self.press("Sign in")
        self.one("header")
        return self

    def open_graph(self, graph_id, execution_id=""):
        self.open(f"#/graph/{graph_id}/{execution_id}".rstrip("/"))
        self.until(lambda: self.all(".canvas[data-drawn]"), 90)
        return self

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css, seconds=30):
        return self.until(lambda: self.all(css), seconds)[0]

    def text(self, css="main"):
        return self.one(css).text

    def until(self, condition, seconds=30):
        return WebDriverWait(self.driver, seconds, 0.05, ignored_exceptions=[Exception]).until(lambda _: condition())

    def until_says(self, text, css="main", seconds=30):
        try:
            self.until(lambda: text in self.text(css), seconds)
        except Exception:
            raise AssertionError(f"{css} does not say {text!r}: {self.text(css)[:2000]}") from None

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def drawn(self):
        """{name: (status, colour)} of the graph."""
        return {name: (status, colour) for name, status, colour in self.script(DRAWN)}

    def statuses(self):
        return {name: status for name, (status, _) in self.drawn().items()}

    # ---- what it does ----

    def press(self, title, within=""):
        def pressed():
            for button in self.all(f"{within} button"):
                if button.text == title and button.is_enabled() and button.get_attribute("aria-disabled") != "true":
                    button.click()
                    return True
            return False
        self.until(pressed)

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, css, most=60):
        """By the Tab key alone."""
        for _ in range(most):
            if self.script("return document.activeElement.matches(arguments[0])", css):
                return
            self.keys(Keys.TAB)
        raise AssertionError(f"{css} is not reached by Tab: {self.script('return document.activeElement.outerHTML')}")

    def light(self, scheme):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    # ---- what is wrong with it ----

    def axe(self):
        """What axe-core calls serious, or worse."""
        if not self.script("return 'axe' in window"):
            self.script(AXE.read_text())
        self.driver.set_script_timeout(60)
        found = self.driver.execute_async_script(
            "axe.run(document, {resultTypes: ['violations']}).then(arguments[arguments.length - 1])")
        return [(v["id"], v["help"], [(n["html"][:200], n["failureSummary"]) for n in v["nodes"][:3]])
                for v in found["violations"] if v["impact"] in ("serious", "critical")]

    def listen(self):
        self.said += [entry for entry in self.driver.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"])

    def forgive(self, *texts):
        """What was meant to be said in the console."""
        self.listen()
        self.said = [entry for entry in self.said if not any(text in entry["message"] for text in texts)]

    def judge(self):
        """Nothing in the console, and nobody else was asked for anything."""
        self.listen()
        elsewhere = [request["url"] for request in self.requests
                     if not request["url"].startswith((self.server.url + "/", "data:", "blob:", "about:", "chrome:"))]
        assert not elsewhere, elsewhere
        assert not self.said, self.said


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)
