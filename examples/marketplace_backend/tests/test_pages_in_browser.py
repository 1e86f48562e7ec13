"""The planner's page in Chromium, on a phone and on a desk: plan a day, quote an order, see why one is refused."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from examples.marketplace_backend import jobs, load_orchard, plans
from examples.marketplace_backend.app import create_app
from examples.marketplace_backend.postgres import free_port
from examples.marketplace_backend.tests.conftest import Office
from examples.marketplace_backend.worker import work_on

DRIVER = shutil.which("chromedriver")
CHROMIUM = shutil.which("chromium")
WIDTHS = {360: 800, 1280: 900}
LONGEST_S = 90
FAULTS = """
const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
const unnamed = [...document.querySelectorAll('input:not([type=hidden]), select, button, a')]
  .filter(e => !(e.labels && e.labels.length) && !e.textContent.trim() && !e.getAttribute('aria-label'))
  .map(e => e.outerHTML);
const small = [...document.querySelectorAll('main button, main input:not([type=hidden]), main select')]
  .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML);
const outside = performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin));
const boxes = [...document.querySelectorAll('label, button, a:not(.skip)')].map(e => [e, e.getBoundingClientRect()]);
const covered = boxes.flatMap(([a, p], i) => boxes.slice(i + 1)
  .filter(([b, q]) => !a.contains(b) && p.left < q.right - 1 && q.left < p.right - 1
                   && p.top < q.bottom - 1 && q.top < p.bottom - 1)
  .map(([b]) => [a.textContent, b.textContent]));
const cut = [...document.querySelectorAll('label > *')].filter(e => {
  const own = e.getBoundingClientRect(), room = e.parentElement.getBoundingClientRect();
  return own.right > room.right + 1 || own.left < room.left - 1; }).map(e => e.name);
return {wide, unnamed, covered, cut, small, outside, headings: document.querySelectorAll('h1').length};
"""


@contextmanager
def served() -> Iterator[str]:
    """The application on a port of loopback."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(), port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """Chromium without a window, a network or a profile of its own."""
    if not (DRIVER and CHROMIUM):
        pytest.fail("needs a browser: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
                     "--disable-background-networking", "--disable-sync", "--hide-scrollbars",
                     f"--user-data-dir={tmp_path / 'profile'}"):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_page_load_timeout(LONGEST_S)
    yield driver
    driver.quit()


def wait(browser: Any, what: Any) -> Any:
    return WebDriverWait(browser, LONGEST_S).until(what)


def looked_at(browser: Any, name: str, width: int) -> None:
    """The page fits its width, names its controls, asks nobody else for anything; a picture of it is kept."""
    found = browser.execute_script(FAULTS)
    assert not found["wide"], f"{name} is wider than {width}"
    assert (found["covered"], found["cut"]) == ([], []), name
    assert (found["unnamed"], found["small"], found["outside"], found["headings"]) == ([], [], [], 1), name
    folder = os.environ.get("MARKETPLACE_SCREENSHOTS")
    if folder:
        height = browser.execute_script("return document.documentElement.scrollHeight")
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics(width, min(height, 4000)))
        browser.save_screenshot(str(Path(folder) / f"{name}_{width}.png"))
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics(width, WIDTHS[width]))


def metrics(width: int, height: int) -> dict[str, Any]:
    return {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}


def filled(browser: Any, **fields: str) -> None:
    for name, value in fields.items():
        element = browser.find_element(By.NAME, name)
        browser.execute_script("arguments[0].value = arguments[1]", element, value)


@pytest.mark.parametrize(("width", "language"), [(360, "vi"), (1280, "en")])
def test_a_planner_plans_a_day_quotes_an_order_and_sees_why_one_is_refused(
    office: Office, browser: Any, width: int, language: str
) -> None:
    problem = load_orchard.small()
    plans.state_orchard(problem)
    plans.keep_orders(problem.orders)
    vi = language == "vi"
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics(width, WIDTHS[width]))
    with served() as url:
        browser.get(f"{url}/?language={language}")
        assert browser.current_url.startswith(f"{url}/sign-in"), "without a session only the sign-in shows"
        browser.get(f"{url}/sign-in?language={language}")
        looked_at(browser, "sign_in", width)
        browser.find_element(By.NAME, "key").send_keys(office.cooperative["Authorization"].removeprefix("Bearer "))
        browser.find_element(By.CSS_SELECTOR, "main button").click()
        wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "button[value=plan]"))
        assert ("Chưa có kế hoạch" if vi else "There is no plan yet") in browser.page_source

        browser.find_element(By.CSS_SELECTOR, "button[value=plan]").click()
        wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[role=status]"))
        job = jobs.take("browser's worker")
        assert job is not None
        work_on(job)
        wait(browser, lambda b: ("Đã có kế hoạch mới" if vi else "The new plan is ready") in b.page_source)
        assert browser.find_elements(By.CSS_SELECTOR, "section[aria-labelledby=picks] tbody tr")
        refused = plans.published().plan.refusals
        assert len(browser.find_elements(By.CSS_SELECTOR, "section[aria-labelledby=risk] b")) == len(refused)
        looked_at(browser, "board", width)

        browser.find_element(By.CSS_SELECTOR, "section[aria-labelledby=risk] tbody a").click()
        sentence = wait(browser, lambda b: b.find_element(By.ID, "sentence")).text
        assert len(sentence) > 30
        looked_at(browser, "why", width)

        browser.get(f"{url}/board/what-if?language={language}")
        filled(browser, quantity_kg="3", destination_id="ha-noi", deliver_until="2026-08-14T18:00", price="90000")
        browser.find_element(By.CSS_SELECTOR, "main form button").click()
        assert wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "section[aria-labelledby=offers] tbody tr"))
        looked_at(browser, "offers", width)

        filled(browser, destination_id="ca-mau", deliver_until="2026-08-11T08:00")
        browser.find_element(By.CSS_SELECTOR, "main form button").click()
        reason = wait(browser, lambda b: b.find_element(By.CSS_SELECTOR, "section[aria-labelledby=refusal]")).text
        assert ("từ chối" if vi else "refused") in reason
        looked_at(browser, "refusal", width)

        assert browser.execute_script("return document.documentElement.lang") == language
        assert [row for row in browser.get_log("browser") if row["level"] in ("SEVERE", "WARNING")] == []


def test_pages_allow_no_script_no_frame_and_no_other_site(office: Office) -> None:
    answer = office.client.get("/sign-in")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in answer.text


def test_a_form_from_another_site_changes_nothing(office: Office) -> None:
    key = office.cooperative["Authorization"].removeprefix("Bearer ")
    signed = office.client.post("/sign-in", data={"key": key}, follow_redirects=False)
    assert signed.status_code == 303
    cookie = signed.headers["set-cookie"]
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    answer = office.client.post("/board/plans", data={"kind": "plan", "form": "guessed"}, follow_redirects=False)
    assert answer.status_code == 403
    assert jobs.take("nobody") is None


def test_only_the_cooperative_signs_in(office: Office) -> None:
    key = office.marketplace["Authorization"].removeprefix("Bearer ")
    assert office.client.post("/sign-in", data={"key": key}).status_code == 403
    assert office.client.post("/sign-in", data={"key": "00.wrong"}).status_code == 401
    assert office.client.get("/", follow_redirects=False).headers["location"] == "/sign-in"
