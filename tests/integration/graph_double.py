# SPDX-License-Identifier: Apache-2.0
"""graph_double.py - stands in for the Graph Service, which is not on the Python package index: the routes that tests ask,
on the MGraph-DB and the Cache Service that it is made of. It finds a graph by the hash of its id, as that does, and loads
it with MGraph-DB's own loader; run by .venv-sisters' Python."""

import hashlib
import json
import os
import urllib.error
import urllib.request

from fastapi import FastAPI, HTTPException, Request
from mgraph_db.mgraph.MGraph import MGraph

CACHE = "URL__TARGET_SERVER__CACHE_SERVICE"
KEY = "AUTH__TARGET_SERVER__CACHE_SERVICE__KEY_"
app = FastAPI()


def ask_cache(namespace, graph_id, route):
    digest = hashlib.sha256(graph_id.encode()).hexdigest()[:16]
    request = urllib.request.Request(f"{os.environ[CACHE]}/{namespace}/{route}/hash/{digest}" +
                                     ("/json" if route == "retrieve" else ""),
                                     headers={os.environ[KEY + "NAME"]: os.environ[KEY + "VALUE"]})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read())
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def load(reference):
    found = ask_cache(reference["namespace"], reference["graph_id"], "retrieve")
    if found is None:
        raise HTTPException(500, "no such graph")
    return MGraph.from_json__compressed(found)


@app.middleware("http")
async def check_key(request: Request, call_next):
    from fastapi.responses import JSONResponse
    name, value = (os.environ["FAST_API__AUTH__API_KEY__" + part] for part in ("NAME", "VALUE"))
    if request.headers.get(name) != value:
        return JSONResponse({"data": None, "error": None, "message": "Invalid API key value", "status": "error"}, 401)
    return await call_next(request)


@app.get("/info/health")
def health():
    return {"status": "ok"}


@app.post("/graph-crud/exists")
def exists(reference: dict):
    found = ask_cache(reference["namespace"], reference["graph_id"], "exists")
    return {"graph_ref": reference, "exists": bool(found and found["exists"])}


@app.get("/graph-crud/get/by-graph-id/{graph_id}")
def get(graph_id: str, namespace: str = "graph-service"):
    reference = {"cache_id": "", "graph_id": graph_id, "namespace": namespace}
    return {"graph_ref": reference, "mgraph": load(reference).json(), "success": True}


@app.post("/graph-export/to-json")
def to_json(body: dict):
    return {"graph_ref": body["graph_ref"], "graph_json": load(body["graph_ref"]).json(), "success": True}


@app.post("/graph-export/mermaid")
def mermaid(body: dict):
    with load(body["graph_ref"]).export() as export:
        return {"graph_ref": body["graph_ref"], "mermaid": export.to__mermaid()}


@app.post("/graph-export/dot")
def dot(body: dict):
    with load(body["graph_ref"]).export() as export:
        return {"graph_ref": body["graph_ref"], "dot": export.to__dot(), "success": True}
