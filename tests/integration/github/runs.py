# SPDX-License-Identifier: Apache-2.0
"""runs.py - workflows, which are files of the repository's default branch, and their runs, which go as a test has
scripted them."""

import datetime
import re
import time

import yaml

from . import shapes
from .calls import Refused, not_found, route

REPO = "/repos/{owner}/{repo}/actions"
WORKFLOW = REPO + "/workflows/{workflow_id}"
RUN = REPO + "/runs/{run_id}"
FOLDER = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
INPUTS_MAX = 25
DEFAULT_SCRIPT = {"appear": 0.0, "queued": 0.1, "running": 0.1, "conclusion": "success"}


# ---- workflows ----


class Workflow:
    def __init__(self, number, path):
        self.id, self.path, self.created = number, path, time.time()

    def read(self, files):
        text = files.get(self.path, b"")
        try:
            parsed = yaml.load(text, Loader=yaml.BaseLoader)  # GitHub's YAML has no "on" that is true
        except yaml.YAMLError:
            parsed = None
        self.source = parsed if isinstance(parsed, dict) else {}
        self.name = self.source.get("name", self.path)
        on = self.source.get("on", {})
        on = dict.fromkeys([on] if isinstance(on, str) else on) if not isinstance(on, dict) else on
        self.is_dispatched = "workflow_dispatch" in on
        dispatch = on.get("workflow_dispatch")
        self.inputs = (dispatch or {}).get("inputs") or {} if not isinstance(dispatch, str) else {}
        return self


def workflows(world, repo):
    """As the default branch has them; an id is kept for good."""
    branch = repo.branches.get(repo.default_branch)
    files = branch.files if branch else {}
    for path in files:
        if FOLDER.fullmatch(path) and path not in repo.workflows:
            repo.workflows[path] = Workflow(world.next_id(), path)
    return [one.read(files) for path, one in repo.workflows.items() if path in files]


def workflow_of(call):
    wanted = call.args["workflow_id"]
    for one in workflows(call.world, call.repo):
        if wanted in (str(one.id), one.path.rpartition("/")[2]):
            return one
    raise not_found()


def workflow_shown(call, one):
    html, name = f"{shapes.HTML}/{call.repo.full_name}", one.path.rpartition("/")[2]
    return {"id": one.id, "node_id": shapes.node_id("Workflow", one.id), "name": one.name, "path": one.path,
            "state": "active", "created_at": shapes.stamp(one.created), "updated_at": shapes.stamp(one.created),
            "url": f"{call.world.repository_url(call.repo)}/actions/workflows/{one.id}",
            "html_url": f"{html}/blob/{call.repo.default_branch}/{one.path}",
            "badge_url": f"{html}/workflows/{name}/badge.svg"}


@route("GET", REPO + "/workflows", "actions")
def list_workflows(call):
    return call.page([workflow_shown(call, one) for one in workflows(call.world, call.repo)], "workflows")


@route("GET", WORKFLOW, "actions")
def get_workflow(call):
    return workflow_shown(call, workflow_of(call))


# ---- runs ----


class Run:
    def __init__(self, number, workflow, branch, sha, event, script, inputs, actor):
        self.id, self.workflow, self.branch, self.sha, self.event = number, workflow, branch, sha, event
        self.script, self.inputs, self.actor = dict(script), inputs, actor
        self.created, self.number, self.cancelled = time.time(), 0, None
        self.known = False  # its id was told when it was dispatched

    @property
    def title(self):
        name = self.workflow.source.get("run-name") or self.workflow.name
        return re.sub(r"\${{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*}}",
                      lambda match: str(self.inputs.get(match[1], "")), name)

    def is_listed(self):
        return time.time() >= self.created + self.script["appear"]

    def state(self):
        """Status, conclusion, and when that was reached."""
        now, starts = time.time(), self.created + self.script["appear"] + self.script["queued"]
        ends = starts + self.script["running"]
        if self.cancelled is not None and self.cancelled < ends:
            return "completed", "cancelled", self.cancelled
        if now < starts:
            return "queued", None, self.created
        return ("in_progress", None, starts) if now < ends else ("completed", self.script["conclusion"], ends)


def run_shown(call, run):
    world, repo = call.world, call.repo
    status, conclusion, changed = run.state()
    url, html = f"{world.repository_url(repo)}/actions/runs/{run.id}", f"{shapes.HTML}/{repo.full_name}/actions/runs/{run.id}"
    actor = shapes.user(world, run.actor)
    who = {"name": run.actor.login, "email": f"{run.actor.login}@users.noreply.github.com"}
    told = shapes.repository(world, repo)
    return {"id": run.id, "node_id": shapes.node_id("WorkflowRun", run.id), "name": run.workflow.name,
            "head_branch": run.branch, "head_sha": run.sha, "path": run.workflow.path, "display_title": run.title,
            "run_number": run.number, "run_attempt": 1, "event": run.event, "status": status,
            "conclusion": conclusion, "workflow_id": run.workflow.id, "url": url, "html_url": html,
            "check_suite_id": run.id, "check_suite_node_id": shapes.node_id("CheckSuite", run.id),
            "pull_requests": [], "created_at": shapes.stamp(run.created), "updated_at": shapes.stamp(changed),
            "run_started_at": shapes.stamp(run.created), "actor": actor, "triggering_actor": actor,
            "jobs_url": url + "/jobs", "logs_url": url + "/logs", "artifacts_url": url + "/artifacts",
            "check_suite_url": f"{world.repository_url(repo)}/check-suites/{run.id}", "cancel_url": url + "/cancel",
            "rerun_url": url + "/rerun", "previous_attempt_url": None, "referenced_workflows": [],
            "workflow_url": f"{world.repository_url(repo)}/actions/workflows/{run.workflow.id}",
            "head_commit": {"id": run.sha, "tree_id": run.sha, "message": "a commit",
                            "timestamp": shapes.stamp(run.created), "author": who, "committer": who},
            "repository": told, "head_repository": told, "head_repository_id": repo.id}


def moment(text):
    text = text.strip()
    value = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)).timestamp()


def is_created(run, text):
    """As GitHub's search has it: >=DATE, <DATE, DATE..DATE, a date or a moment. Runs are of a second."""
    at = int(run.created)
    if ".." in text:
        first, last = text.split("..")
        return (first == "*" or at >= moment(first)) and (last == "*" or at <= moment(last))
    match = re.fullmatch(r"(>=|<=|>|<)?(.+)", text)
    then = moment(match[2])
    if match[1] is None:
        return then <= at < then + (86400 if len(match[2]) == 10 else 1)
    return {">=": at >= then, "<=": at <= then, ">": at > then, "<": at < then}[match[1]]


FILTERS = {"event": lambda run, text: run.event == text, "branch": lambda run, text: run.branch == text,
           "head_sha": lambda run, text: run.sha == text, "created": is_created,
           "actor": lambda run, text: run.actor.login.lower() == text.lower(),
           "status": lambda run, text: text in run.state()[:2]}


def listed(call, runs):
    """The newest first."""
    found = [run for run in runs if run.is_listed()
             and all(matches(run, call.query[name]) for name, matches in FILTERS.items() if name in call.query)]
    return call.page([run_shown(call, run) for run in reversed(found)], "workflow_runs")


@route("GET", REPO + "/runs", "actions")
def list_runs(call):
    return listed(call, call.repo.runs.values())


@route("GET", WORKFLOW + "/runs", "actions")
def list_workflow_runs(call):
    workflow = workflow_of(call)
    return listed(call, [run for run in call.repo.runs.values() if run.workflow.id == workflow.id])


def run_of(call):
    run = call.repo.runs.get(call.number("run_id"))
    if run is None or not (run.known or run.is_listed()):
        raise not_found()
    return run


@route("GET", RUN, "actions")
def get_run(call):
    return run_shown(call, run_of(call))


@route("DELETE", RUN, "actions")
def delete_run(call):
    run = run_of(call)
    if run.state()[0] != "completed":
        raise Refused(403, "Cannot delete a workflow run that is not completed.")
    del call.repo.runs[run.id]


@route("POST", RUN + "/cancel", "actions")
def cancel_run(call):
    run = run_of(call)
    if run.state()[0] == "completed":
        raise Refused(409, "Cannot cancel a workflow run that is completed.")
    run.cancelled = time.time()
    return 202, {}


def add(world, repo, workflow, branch, event, actor, inputs=None):
    script = next((script for pattern, script in world.run_scripts
                   if re.fullmatch(pattern, workflow.path.rpartition("/")[2])), DEFAULT_SCRIPT)
    run = Run(world.next_id(), workflow, branch, repo.branches[branch].sha, event, script, inputs or {}, actor)
    run.number = 1 + sum(other.workflow.id == workflow.id for other in repo.runs.values())
    repo.runs[run.id] = run
    return run


def checked_inputs(workflow, given):
    unexpected = [name for name in given if name not in workflow.inputs]
    if unexpected:
        raise Refused(422, f"Unexpected inputs provided: {unexpected}".replace("'", '"'))
    if len(given) > INPUTS_MAX:
        raise Refused(422, f"you may only define up to {INPUTS_MAX} `inputs` for a `workflow_dispatch` event")
    inputs = {}
    for name, about in workflow.inputs.items():
        about = about if isinstance(about, dict) else {}
        if name not in given and about.get("required") == "true" and "default" not in about:
            raise Refused(422, f"Required input '{name}' not provided")
        inputs[name] = given.get(name, about.get("default", ""))
        if about.get("type") == "choice" and inputs[name] not in about.get("options", []):
            raise Refused(422, f"Provided value '{inputs[name]}' for input '{name}' not in the list of allowed values")
    return inputs


@route("POST", WORKFLOW + "/dispatches", "actions")
def dispatch(call):
    call.needs("ref")
    workflow = workflow_of(call)
    branch = call.body["ref"].removeprefix("refs/heads/")
    if branch not in call.repo.branches:
        raise Refused(422, f"No ref found for: {call.body['ref']}")
    if not workflow.is_dispatched:
        raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
    actor = call.world.users.get((call.login or "").lower()) or next(iter(call.world.users.values()))
    inputs = checked_inputs(workflow, call.body.get("inputs") or {})
    run = add(call.world, call.repo, workflow, branch, "workflow_dispatch", actor, inputs)
    if not call.body.get("return_run_details"):
        return None
    run.known = True
    return 200, {"workflow_run_id": run.id, "run_url": f"{call.world.repository_url(call.repo)}/actions/runs/{run.id}",
                 "html_url": f"{shapes.HTML}/{call.repo.full_name}/actions/runs/{run.id}"}


# ---- jobs ----


def job_shown(call, run, at, name):
    status, conclusion, changed = run.state()
    number, url = run.id * 100 + at, call.world.repository_url(call.repo)
    return {"id": number, "node_id": shapes.node_id("CheckRun", number), "run_id": run.id,
            "run_url": f"{url}/actions/runs/{run.id}", "run_attempt": 1, "head_sha": run.sha, "name": name,
            "head_branch": run.branch, "workflow_name": run.workflow.name, "url": f"{url}/actions/jobs/{number}",
            "html_url": f"{shapes.HTML}/{call.repo.full_name}/actions/runs/{run.id}/job/{number}", "status": status,
            "conclusion": conclusion, "created_at": shapes.stamp(run.created), "started_at": shapes.stamp(run.created),
            "completed_at": shapes.stamp(changed) if status == "completed" else None, "steps": [],
            "check_run_url": f"{url}/check-runs/{number}", "labels": ["ubuntu-latest"], "runner_id": None,
            "runner_name": None, "runner_group_id": None, "runner_group_name": None}


@route("GET", RUN + "/jobs", "actions")
def list_jobs(call):
    run = run_of(call)
    names = list(run.workflow.source.get("jobs") or {"build": None})
    return call.page([job_shown(call, run, at, name) for at, name in enumerate(names)], "jobs")
