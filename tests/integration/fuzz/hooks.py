# SPDX-License-Identifier: Apache-2.0
"""hooks.py - what schemathesis could not guess: ids and types that there are, configs that are one, and not to wait for long."""

import json
import os
import random

import schemathesis

KNOWN = json.loads(os.environ.get("MGRAPH_DEPLOY_FUZZ_KNOWN", "{}"))  # name of a member or parameter -> values
PICKY = ("expected_next", "from_node", "skip", "only", "except", "credentials", "plan_id")


def known(value, dice):
    """The same, with most of the values in it replaced by such as the server knows."""
    if isinstance(value, dict):
        return {name: dice.choice(KNOWN[name]) if name in KNOWN and isinstance(part, str) and dice.random() < 0.7
                else known(part, dice) for name, part in value.items()}
    if isinstance(value, list):
        return [known(part, dice) for part in value]
    return value


def config(dice):
    """One of a few deployments, of resources that take no time; some of it is wrong now and then."""
    names = dice.sample(("a", "b", "c", "d"), dice.randint(1, 4))
    resources = {}
    for i, name in enumerate(names):
        kind = dice.choice(("local:null", "local:null", "local:file", "local:directory", "aws:sqs:queue"))
        path = {"path": dice.choice(("x", "x/y", "../x", "", "é", name))}
        resources[name] = {"type": kind, "properties": {
            "local:null": {"delay_ms": dice.choice((0, 0, 50, -1))}, "local:file": path | {"content": dice.choice(("", "x" * 9999))},
            "local:directory": path, "aws:sqs:queue": {"queue_name": name}}[kind]}
        if i and dice.random() < 0.5:
            resources[name]["depends_on"] = [dice.choice(names[:i])]
        if dice.random() < 0.1:
            resources[name]["protect"] = True
    made = {"deployment_id": dice.choice(("done", "paused-0", "new-1", "new-2")), "resources": resources}
    if len(names) > 1 and dice.random() < 0.4:
        made["edges"] = [{"from": names[0], "to": names[-1], "type": dice.choice(("pause", "end", "dependency"))}]
    return made


def nearer(body, dice):
    """A config that is one, and less that has to fit what there is."""
    if not isinstance(body, dict):
        return body
    body = {name: part for name, part in body.items() if name not in PICKY or dice.random() < 0.3}
    if "config" in body and dice.random() < 0.7:
        return body | {"config": config(dice)}
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    """Of those that are right by the schema; what is meant to be wrong stays as it is."""
    mode = getattr(getattr(case.meta, "generation", None), "mode", None)
    if case.meta is not None and (mode is None or not mode.is_positive):
        return
    dice = random.Random(repr((case.path_parameters, case.query, case.body)))
    for part in ("path_parameters", "query", "body"):
        value = getattr(case, part)
        if isinstance(value, dict):
            setattr(case, part, nearer(known(value, dice), dice))
    if case.method == "POST":
        case.headers["Prefer"] = dice.choice(("wait=0", "wait=1", "respond-async"))
        if dice.random() < 0.8:
            case.headers.pop("Idempotency-Key", None)
