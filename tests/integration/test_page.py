# SPDX-License-Identifier: Apache-2.0
"""test_page.py - the live page, in a real browser: what it shows as it happens, and what its buttons do."""

import hashlib
import json
import time

import configs
import processes
import pytest
import sigproxy
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.long
SECRET = next(iter(sigproxy.DEFAULT_SECRETS.values()))
HELLO = {
    "deployment_id": "hello", "version": "v1.0.0", "resources": {
        "site": {"type": "local:directory", "properties": {"path": "site"}},
        "style": {"type": "local:file", "properties": {"path": "@{site.relative_path}/style.css", "content": "body {}\n"}},
        "index": {"type": "local:file", "properties": {
            "path": "@{site.relative_path}/index.html", "content": "The style is @{style.size} bytes long.\n"}}}}


def begin(server, config, **body):
    reply = server.post("/deploy/apply", {"config": config, **body}, prefer="respond-async")
    assert reply.status in (200, 202), reply
    return reply.json["graph_id"]


def done(server, config, **body):
    reply = server.post("/deploy/apply", {"config": config, **body})
    assert reply.status == 200 and reply.json["success"], reply
    return reply.json["graph_id"]


def status(server, graph_id):
    return server.get(f"/deploy/status/{graph_id}").json


def layered(n, width=50, **more):
    """Each waits for one or two of the level before it."""
    resources = {}
    for i in range(n):
        level = i // width
        before = {(level - 1) * width + (i * 7) % width, (level - 1) * width + (i * 13 + 5) % width} if level else ()
        resources[f"n{i:04}"] = {"type": "local:null", "properties": {"delay_ms": 20},
                                 "depends_on": [f"n{b:04}" for b in before]}
    return {"deployment_id": "layered", "resources": resources, **more}


def test_an_apply_in_step_mode_is_driven_by_the_buttons_to_its_end(page, server):
    page.open()
    page.driver.find_element(By.LINK_TEXT, "Plan a config").click()
    page.script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
                page.one("#config"), json.dumps(HELLO))
    page.press("Plan")
    page.until_says("3 to add")
    assert "body {}" in page.text(".planned") and "known after the apply" in page.text(".planned")
    page.until(lambda: page.all(".canvas[data-drawn='3']"))
    assert set(page.statuses().values()) == {"create"}
    page.press("Apply it step by step")
    page.until_says("Next: style", ".standing")
    page.until(lambda: page.statuses() == {"site": "completed", "style": "pending", "index": "pending"})
    page.press("Step")
    page.until_says("Next: index", ".standing")
    assert page.statuses() == {"site": "completed", "style": "completed", "index": "pending"}
    assert not (server.data / "local" / "site" / "index.html").exists()
    page.press("Step")
    page.until_says("completed", ".standing")
    page.until(lambda: set(page.statuses().values()) == {"completed"})
    assert (server.data / "local" / "site" / "index.html").read_text() == "The style is 8 bytes long.\n"
    assert page.all("progress")[0].get_attribute("value") == "3"


def test_colours_change_as_it_happens(page, server):
    graph_id = begin(server, configs.nulls(6, delay_ms=1500, chain=6, deployment_id="chain"))
    page.open_graph(graph_id)
    seen = page.until(lambda: (by_status := dict(page.drawn().values())).keys() >= {"completed", "running", "pending"} and by_status)
    assert len(set(seen.values())) == len(seen), seen
    pixel = """const cy = document.querySelector('.drawing')._cyreg.cy, canvas = document.querySelector('canvas[data-id="layer2-node"]');
        const { x, y } = cy.nodes()[arguments[0]].renderedPosition(), scale = canvas.width / cy.width();
        return [...canvas.getContext('2d').getImageData((x - 60 * cy.zoom()) * scale, y * scale, 1, 1).data].slice(0, 3)"""
    before = page.script(pixel, 5)
    page.until(lambda: set(page.statuses().values()) == {"completed"}, 20)
    page.until(lambda: page.script(pixel, 5) != before)
    page.until_says("completed", ".standing")
    page.until_says("chain is completed", "[role=status]")
    page.forgive("willReadFrequently")  # it was this test that has read it


def test_what_runs_is_paused_goes_on_and_is_cancelled(page, server):
    asked = {"on_failure": "continue_independent", "only": ["n25"]}
    graph_id = begin(server, configs.nulls(30, delay_ms=1000, chain=30, deployment_id="chain"), **asked)
    page.open_graph(graph_id)
    page.until_says("Only\nn25", ".facts")
    page.press("Pause")
    page.until_says("as asked", ".standing")
    assert status(server, graph_id)["reason"] == "asked"
    page.press("Continue")
    page.until_says("running", ".standing")
    page.press("Cancel…")
    assert page.one("dialog input[type=checkbox]").get_attribute("disabled")  # it was not begun so
    page.press("Cancel it", "dialog")
    page.until_says("cancelled", ".standing")
    page.press("Retry")
    page.until(lambda: "running" in page.text(".standing") or "completed" in page.text(".standing"))
    page.until_says("completed", ".standing", 90)
    again = status(server, graph_id)
    assert again["status"] == "completed" and {name: again[name] for name in asked} == asked


def test_a_destroy_is_retried_as_it_was_asked_for_and_asks_first(page, make_server):
    server = page.server = make_server("--exec-allow", "*")
    graph_id = done(server, {"deployment_id": "partly", "resources": {
        "stays": {"type": "local:directory", "properties": {"path": "stays"}},
        "stuck": {"type": "exec:command", "properties": {
            "create": ["/bin/true"], "delete": ["/bin/sh", "-c", f"test -e {server.data}/free"]}}}})
    assert not server.post("/deploy/destroy", {"graph_id": graph_id, "only": ["stuck"]}).json["success"]
    (server.data / "free").touch()
    page.open_graph(graph_id)
    page.press("Retry the destroy…")
    page.until_says("1 resource:\nstuck exec:command\nOnly stuck", "dialog")
    assert status(server, graph_id)["status"] == "failed"
    page.press("Delete them", "dialog")
    page.until_says("completed", ".standing")
    assert status(server, graph_id)["only"] == ["stuck"] and (server.data / "local" / "stays").exists()


def test_to_go_back_behind_another_version_is_asked_for(page, server):
    first, second = (done(server, {**HELLO, "version": version}) for version in ("v1", "v2"))
    page.open_graph(first)
    page.until_says("Another version, v2, was applied after this", ".warning")
    page.press("Apply again")
    page.until_says("undoes what that one has changed", "dialog")
    page.press("Leave it", "dialog")
    assert server.get("/deploy/history/hello").json["executions"][0]["graph_id"] == second
    page.press("Apply again")
    page.press("Go back to v1", "dialog")
    page.until(lambda: server.get("/deploy/history/hello").json["executions"][0]["graph_id"] == first)
    page.until(lambda: not page.all(".warning"))


def test_a_move_is_not_retried_as_an_apply(page, server, credentials):
    done(server, {"deployment_id": "moves", "credentials": credentials, "targets": [{"provider": "aws", "regions": ["us-east-1"]}],
                  "resources": {"jobs": {"type": "aws:sqs:queue", "properties": {"queue_name": "jobs"}}}})
    moved = server.post("/deploy/move", {"deployment_id": "moves", "credentials": credentials, "from_region": "us-east-1",
                                         "to_region": "eu-west-1", "without_data": True}, prefer="wait=60").json
    page.open_graph(moved["graph_id"])
    page.press("Cancel…")
    page.press("Cancel it", "dialog")
    page.until_says("begin the move again", ".top")
    assert not [button for button in page.all(".top button") if "Retry" in button.text]


def test_a_cancel_with_rollback_undoes_what_was_done(page, server):
    graph_id = begin(server, HELLO, mode="STEP", on_failure="rollback")
    page.open_graph(graph_id)
    page.press("Cancel…")
    page.one("dialog input[type=checkbox]").click()
    page.press("Cancel it", "dialog")
    page.until_says("all is as it was before", ".standing")
    assert not (server.data / "local" / "site").exists()
    assert page.statuses()["site"] == "rolled_back"


def test_the_details_of_a_node_tell_phase_attempts_timing_outputs_and_error(page, make_server):
    server = make_server("--exec-allow", "*")
    page.server = server
    resources = {"writes": {"type": "exec:command", "properties": {
        "create": ["/bin/sh", "-c", "echo one line; printf '\\033[31mhalf'; sleep 1; echo ' a line'"]}},
        "fails": {"type": "exec:command", "properties": {"create": ["/bin/sh", "-c", "exit 3"]}, "depends_on": ["writes"]},
        "too": {"type": "exec:command", "properties": {"create": ["/bin/false"]}, "depends_on": ["writes"]}}
    graph_id = begin(server, {"deployment_id": "told", "resources": resources}, on_failure="continue_independent")
    page.open_graph(graph_id)
    page.driver.find_element(By.ID, "tab-operations").click()
    page.press("writes")
    page.until_says("one line", ".details")
    page.until_says("completed", ".details")
    page.until_says("exit_code", ".details .outputs")
    for word in ("Phase", "Attempts\n1", "Began", "Ended", "Took", "Is waited for by"):
        assert word in page.text(".details"), page.text(".details")
    page.press("fails", ".details")
    page.until_says("Error", ".details")
    assert "3" in page.text(".details .trouble")
    page.press("and 1 more", ".failed")
    page.until_says("2 operations", ".operations")
    page.press("too")
    page.keys(Keys.ESCAPE)
    assert not page.all(".details") and page.script("return document.activeElement.textContent") == "too"
    page.one(".operations option").click()
    page.press("writes")
    page.driver.refresh()  # the address knows what is looked at, and the events what was written
    page.until(lambda: "one line\nhalf a line" in page.text(".log"))
    assert page.one("#tab-operations").get_attribute("aria-selected") == "true"
    assert page.driver.title == "✗ told · mgraph-deploy", page.driver.title


def test_the_timeline_has_a_bar_for_each_that_began(page, server):
    graph_id = begin(server, configs.nulls(4, delay_ms=300, chain=2, deployment_id="two"))
    page.open_graph(graph_id)
    page.until_says("completed", ".standing")
    page.driver.find_element(By.ID, "tab-timeline").click()
    bars = page.until(lambda: len(page.all(".bar")) == 4 and page.all(".bar"))
    boxes = page.script("return arguments[0].map((bar) => [bar.offsetLeft, bar.offsetWidth])", bars)
    assert boxes[2][0] >= boxes[0][1] - 3 and boxes[0][1] > 50  # the second of a chain begins where the first ends
    page.all(".bar-row")[2].click()
    page.until_says("Waits for", ".details")


def test_changes_from_a_version_and_from_what_is_there(page, server):
    done(server, HELLO)
    changed = json.loads(json.dumps(HELLO)) | {"version": "v2.0.0"}
    changed["resources"]["style"]["properties"]["content"] = "body { color: navy; }\n"
    graph_id = done(server, changed)
    (server.data / "local" / "site" / "style.css").write_text("by hand")
    page.open_graph(graph_id)
    page.driver.find_element(By.ID, "tab-changes").click()
    page.until(lambda: len(page.all(".changes option")) == 2)
    page.all(".changes option")[1].click()
    page.until_says("From v1.0.0 to v2.0.0", ".changes")
    assert "color: navy" in page.text(".changes .is-after") and "body {}" in page.text(".changes .is-before")
    page.press("Plan it")
    page.until_says("to change,", ".planned")
    assert "by hand" in page.text(".planned .is-before")


def test_what_is_refused_is_told_at_its_place(page, server):
    page.open("#/plan")
    page.one("#config").send_keys('{"deployment_id": "x", "resources": {"a": {"type": "local:fil"}}}')
    page.press("Plan")
    page.until_says("did you mean 'local:file'?", ".trouble")
    assert "/config/resources/a/type" in page.text(".trouble")
    page.forgive("status of 422")


def test_a_graph_of_2000_nodes_is_drawn_and_stays_usable(page, server, record_property):
    graph_id = begin(server, layered(2000))
    start = time.monotonic()
    page.open_graph(graph_id)
    record_property("seconds_to_draw", round(time.monotonic() - start, 2))  # three, alone
    assert page.one(".canvas").get_attribute("data-drawn") == "2000"
    page.until(lambda: "completed" in page.statuses().values(), 60)
    wait = """const done = arguments[arguments.length - 1], begun = performance.now(); arguments[0] && arguments[0].focus();
        document.querySelector('.canvas').dispatchEvent(new KeyboardEvent('keydown', {key: arguments[1], bubbles: true}));
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));"""
    took = [page.driver.execute_async_script(wait, page.one(".canvas"), key)
            for key in ("Home", "ArrowDown", "ArrowDown", "ArrowRight", "+", "+", "-", "0")]
    record_property("slowest_key_ms", round(max(took)))
    assert page.text(".details h2").startswith("n0")
    page.driver.find_element(By.ID, "tab-operations").click()
    page.until_says("2,000 operations", ".operations")
    assert len(page.all(".operations tbody tr")) < 100  # those that are seen
    page.one(".operations input").send_keys("n1999")
    page.until_says("1 operation", ".operations")
    page.until(lambda: status(server, graph_id)["status"] == "completed", 90)
    page.until_says("completed", ".standing", 60)
    assert page.all("progress")[0].get_attribute("value") == "2000"


def test_a_narrow_window_scrolls_as_a_whole(page, server):
    graph_id = done(server, HELLO)
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": 400, "height": 700, "deviceScaleFactor": 1, "mobile": False})
    try:
        page.open_graph(graph_id)
        assert not page.one(".deployments ul").is_displayed()
        page.press("Deployments")
        assert page.one(".deployments ul").is_displayed()
        for tab in ("graph", "timeline", "operations"):
            page.one(f"#tab-{tab}").click()
            if tab == "timeline":
                page.one(".bar-row").click()
            page.until(lambda: not page.all(".laying"))
            assert page.script("return document.documentElement.scrollWidth") <= 400, tab
        heights = page.script("const of = document.querySelector('.details'); return [of.clientHeight, of.scrollHeight]")
        assert heights[0] == heights[1] > 200, heights
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_times_are_the_services(page, server):
    graph_id = begin(server, HELLO, mode="STEP")
    wrong = "const now = Date.now; Date.now = () => now() + 7200000"
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": wrong})
    try:
        page.driver.refresh()
        page.open_graph(graph_id)
        page.until_says("Next", ".standing")
        assert " h " not in page.text(".facts"), page.text(".facts")
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_a_link_to_an_execution_stays_at_it(page, server):
    graph_id = done(server, HELLO)
    first = status(server, graph_id)["execution_id"]
    page.open_graph(graph_id, first)
    page.until_says("live", ".facts")
    second = server.post("/deploy/apply", {"graph_id": graph_id}).json["execution_id"]
    page.until_says("A later execution has begun", ".top")
    assert first in page.text(".facts") and not page.all("#do-again")
    page.driver.find_element(By.LINK_TEXT, "go there").click()
    page.until_says(second, ".facts")
    page.until(lambda: page.script("return document.activeElement.id") == "title")
    page.script("location.hash = '#/graph/none-such'")
    page.until_says("none-such is not the id of a graph")


def test_what_is_paused_can_be_told_to_go_out_of_turn(page, server):
    graph_id = begin(server, HELLO | {"resources": HELLO["resources"] | {"other": {"type": "local:null"}}}, mode="STEP")
    page.open_graph(graph_id)
    page.until_says("Next", ".standing")
    page.one("#tab-operations").click()
    page.press("index")
    assert not page.all("#do-next")  # it waits for others
    page.press("Skip it and continue")
    page.until(lambda: "skipped" in [o["status"] for o in status(server, graph_id)["operations"]])
    page.until_says("Next", ".standing")
    name = next(o["resource_id"] for o in reversed(status(server, graph_id)["operations"]) if o["status"] == "pending")
    page.press(name)
    page.press("Do this next")
    page.until(lambda: {o["resource_id"]: o["status"] for o in status(server, graph_id)["operations"]}[name] == "completed")
    page.until(lambda: "completed" in page.text(".details"))


def test_credentials_are_asked_for_and_each_region_counts(page, server, credentials):
    def config(*regions):
        return {"deployment_id": "wide", "targets": [{"provider": "aws", "regions": regions}],
                "resources": {"jobs": {"type": "aws:sqs:queue", "properties": {"queue_name": "jobs"}}}}
    done(server, {**config("eu-west-1"), "credentials": credentials})
    page.open("#/plan")
    page.one("#config").send_keys(json.dumps(config("us-east-1", "eu-west-1")))
    page.press("Plan")
    for name, value in credentials["aws"].items():
        page.one(f"dialog [name='aws.{name}']").send_keys(value)
    page.press("Plan", "dialog")
    page.until_says("1 to add, 1 as it is", ".planned")
    page.until(lambda: page.statuses() == {"jobs": "create"})
    page.one("#config").send_keys(" ")
    assert not page.all("#do-apply")  # the plan is of another text
    page.forgive("status of 422")


def test_older_ones_are_a_press_away(page, server):
    for _ in range(52):
        done(server, configs.nulls(1, deployment_id="often"))
    page.open("#/deployment/often")
    page.until(lambda: len(page.all("main tbody tr")) == 50)
    page.press("Show older ones")
    page.until(lambda: len(page.all("main tbody tr")) == 52)
    assert not page.all("main section > button")
    done(server, configs.nulls(1, deployment_id="often"))
    page.until(lambda: len(page.all("main tbody tr")) == 53)


def test_the_keyboard_is_enough(page, server):
    graph_id = begin(server, HELLO, mode="STEP")
    page.driver.get(server.url + "/")
    page.one("#key")
    page.tab_to("#key")
    page.keys(server.key, Keys.ENTER)
    page.one(".deployments a")
    page.tab_to(".deployments a")
    page.keys(Keys.ENTER)
    page.until(lambda: page.all("main tbody a"))
    page.tab_to("main tbody a")
    page.keys(Keys.ENTER)
    page.until(lambda: page.all(".canvas[data-drawn]"))
    page.tab_to("#do-step")
    page.keys(Keys.SPACE)
    page.until_says("Next: index", ".standing")
    page.until(lambda: page.script("return document.activeElement.id") == "do-step")  # though it was gone meanwhile
    page.tab_to("[role=tab]")
    page.keys(Keys.ARROW_RIGHT)
    assert page.script("return document.activeElement.id") == "tab-timeline"
    page.keys(Keys.ARROW_LEFT)
    page.until(lambda: page.all(".canvas[data-drawn]"))
    page.tab_to(".canvas")
    page.keys(Keys.HOME, Keys.ARROW_DOWN)
    page.until_says("style, local:file, completed; waits for 1, 1 wait for it", "[role=status]")
    page.keys(Keys.ENTER)
    assert page.script("return document.activeElement.matches('.details')")
    page.tab_to(".close")
    page.keys(Keys.ENTER)
    page.until(lambda: not page.all(".details"))
    assert page.script("return document.activeElement.matches('.canvas')")
    page.script("document.querySelector('#main').focus()")
    page.tab_to("#do-cancel")
    page.keys(Keys.ENTER)
    page.one("dialog[open]")
    page.keys(Keys.ESCAPE)
    page.until(lambda: not page.all("dialog"))
    assert page.script("return document.activeElement.id") == "do-cancel"
    page.tab_to("#do-step")
    page.keys(Keys.ENTER)
    page.until_says("completed", ".standing")
    assert status(server, graph_id)["status"] == "completed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, server, scheme):
    done(server, {**HELLO, "version": "v0"})
    graph_id = begin(server, HELLO, mode="STEP")
    page.light(scheme)
    page.driver.get(server.url)
    page.one("#key")
    found = {"sign in": page.axe()}
    page.open("#/deployment/hello")
    page.one("main table")
    found["history"] = page.axe()
    page.open_graph(graph_id)
    page.one(".canvas").send_keys(Keys.HOME)
    page.one(".details")
    found["graph"] = page.axe()
    for tab in ("timeline", "operations", "changes"):
        page.driver.find_element(By.ID, f"tab-{tab}").click()
        found[tab] = page.axe()
    page.all(".changes option")[1].click()
    page.press("Plan it")
    page.one(".planned")
    found["plan"] = page.axe()
    page.press("Cancel…")
    page.one("dialog[open]")
    found["dialog"] = page.axe()
    assert not any(found.values()), found
    background = page.script("return getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")


def test_colours_follow_the_light(page, server):
    graph_id = begin(server, HELLO)
    page.open_graph(graph_id)
    page.until(lambda: page.statuses()["site"] == "completed")
    by_day = page.drawn()["site"][1]
    page.light("dark")
    page.until(lambda: page.drawn()["site"][1] != by_day)


def test_the_key_is_kept_for_the_tab_and_nowhere_else(page, server):
    page.open()
    page.one(".deployments")
    kept = page.script("return [Object.values(sessionStorage), Object.keys(localStorage), document.cookie, location.href]")
    assert kept[0] == [server.key] and kept[1:3] == [[], ""] and server.key not in kept[3]
    page.driver.refresh()
    page.one(".deployments")
    page.press("Sign out")
    page.one("#key")
    assert page.script("return sessionStorage.length") == 0
    page.listen()
    assert not [request for request in page.requests if server.key in request["url"]]


def test_a_key_that_is_none_is_told_so(page, server):
    page.driver.get(server.url)
    page.one("#key").send_keys("no-such-key")
    page.press("Sign in")
    page.until_says("This key is not valid here, or has expired", "[role=alert]")
    assert page.script("return sessionStorage.length") == 0
    page.forgive("status of 401")  # which the browser tells by itself


def test_a_key_that_ends_meanwhile_takes_nothing_that_was_typed(page, make_server):
    server = page.server = make_server()
    owner, server.key = server.key, "brief-key"
    digest = hashlib.sha256(server.key.encode()).hexdigest()
    tenant = server.get("/admin/keys").json["keys"][0]["tenant"]
    assert server.post("/admin/keys", {"id": "brief", "tenant": tenant, "sha256": digest}).status < 300
    page.open("#/plan")
    page.one("#config").send_keys("half a config")
    server.api.request("DELETE", "/admin/keys/brief")
    page.until_says("has expired", "[role=alert]")
    page.one("#key").send_keys(owner)
    page.press("Sign in")
    assert page.one("#config").get_attribute("value") == "half a config"
    page.forgive("status of 401")


def test_what_is_not_of_the_page_does_not_run(page, server):
    page.open()
    page.script("""const script = document.createElement('script'); script.textContent = 'window.evil = 1'; document.head.append(script);
        const style = document.createElement('style'); style.textContent = 'body { color: red }'; document.head.append(style);
        const image = new Image(); image.src = 'http://127.0.0.1:9/x.png'; document.body.append(image);""")
    assert page.script("return window.evil") is None
    page.until(lambda: page.listen() or len(page.said) >= 3)
    page.forgive("Content Security Policy")
    page.requests = [request for request in page.requests if "127.0.0.1:9/" not in request["url"]]


def test_a_stream_that_is_cut_off_is_resumed(page, make_server):
    port = processes.free_port()
    server = page.server = make_server("--listen", f"127.0.0.1:{port}")
    graph_id = begin(server, HELLO, mode="STEP")
    page.open_graph(graph_id)
    page.until_says("live", ".facts")
    server.kill9()
    page.until_says("connecting", ".facts")
    page.until_says("Not up to date since", ".stale")
    page.until_says("The service does not answer", ".stale")
    page.script("location.hash = '#/'")
    page.until_says("Choose a deployment")
    page.script(f"location.hash = '#/graph/{graph_id}'")
    page.until_says("asked for again")
    server.start()
    page.until_says("live", ".facts", 20)
    page.until(lambda: not page.text(".stale"))
    page.press("Run to the end")
    page.until_says("completed", ".standing", 20)
    page.forgive("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING")


def test_credentials_are_sealed_in_the_browser_and_kept_nowhere(page, make_server, proxy, credentials):
    port = processes.free_port()
    server = page.server = make_server("--aws-endpoint", proxy.url, "--listen", f"127.0.0.1:{port}")
    graph_id = begin(server, configs.roles(2, credentials), mode="STEP")
    server.kill9()
    server.start()
    page.open_graph(graph_id)
    page.press("Cancel…")
    page.press("Cancel it", "dialog")
    page.until_says("cancelled", ".standing")
    page.press("Retry")
    for name, value in credentials["aws"].items():
        page.one(f"dialog [name='aws.{name}']").send_keys(value)
    page.press("Retry", "dialog")
    page.until_says("completed", ".standing", 20)
    page.listen()
    bodies = [request["postData"] for request in page.requests if request.get("postData")]
    assert any("encrypted_secret_access_key" in body for body in bodies)
    assert not any(SECRET in body for body in bodies)
    assert SECRET not in page.script("return JSON.stringify([sessionStorage, localStorage]) + document.documentElement.outerHTML")


def test_the_api_is_shown_by_swagger_ui(page, server):
    page.driver.get(server.url + "/docs")
    page.until_says("/deploy/apply", "#docs")
    assert len(page.all(".opblock")) > 25
