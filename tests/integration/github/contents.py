# SPDX-License-Identifier: Apache-2.0
"""contents.py - files of a repository, on its branches."""

import base64
import binascii
import hashlib
import time

from . import shapes
from .calls import Refused, not_found, route
from .things import Branch


def blob_sha(content):
    """As git has it."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def find_branch(call, name):
    name = name or call.repo.default_branch
    if name not in call.repo.branches:
        raise Refused(404, f"Branch {name} not found")
    return name, call.repo.branches[name]


def entry(call, branch, path, content=None):
    """A file, or with no content a folder."""
    url = call.world.repository_url(call.repo)
    html = f"{shapes.HTML}/{call.repo.full_name}"
    kind, git = ("dir", "trees") if content is None else ("file", "blobs")
    sha = blob_sha(content if content is not None else path.encode())
    own, page = f"{url}/contents/{path}?ref={branch}", f"{html}/{'tree' if kind == 'dir' else 'blob'}/{branch}/{path}"
    return {"name": path.rpartition("/")[2], "path": path, "sha": sha, "size": len(content or b""), "url": own,
            "html_url": page, "git_url": f"{url}/git/{git}/{sha}", "type": kind,
            "download_url": None if kind == "dir" else
            f"https://raw.githubusercontent.com/{call.repo.full_name}/{branch}/{path}",
            "_links": {"self": own, "git": f"{url}/git/{git}/{sha}", "html": page}}


def wrapped(content):
    text = base64.b64encode(content).decode()
    return "".join(text[at : at + 60] + "\n" for at in range(0, len(text), 60))


def folder(call, branch, files, path):
    inside = {}
    for name, content in files.items():
        if name.startswith(path + "/"):
            first, slash, _ = name[len(path) + 1 :].partition("/")
            inside[f"{path}/{first}"] = None if slash else content
    if not inside:
        raise not_found()
    return [entry(call, branch, name, content) for name, content in sorted(inside.items())]


@route("GET", "/repos/{owner}/{repo}/contents/{path}", "contents")
def get(call):
    if not call.repo.branches:
        raise not_found("This repository is empty.")
    name = call.query.get("ref", call.repo.default_branch).removeprefix("refs/heads/")
    if name not in call.repo.branches:
        raise not_found(f"No commit found for the ref {name}")
    files, path = call.repo.branches[name].files, call.args["path"]
    if path not in files:
        return folder(call, name, files, path)
    return {**entry(call, name, path, files[path]), "content": wrapped(files[path]), "encoding": "base64"}


def commit_shape(call, branch, parent):
    url, html = call.world.repository_url(call.repo), f"{shapes.HTML}/{call.repo.full_name}"
    who = call.body.get("author") or call.body.get("committer") or {
        "name": call.login, "email": f"{call.login}@users.noreply.github.com"}
    who = {"date": shapes.stamp(time.time()), **who}
    parents = [{"sha": parent, "url": f"{url}/git/commits/{parent}", "html_url": f"{html}/commit/{parent}"}]
    return {"sha": branch.sha, "node_id": shapes.node_id("Commit", branch.sha), "url": f"{url}/git/commits/{branch.sha}",
            "html_url": f"{html}/commit/{branch.sha}", "author": who, "committer": call.body.get("committer") or who,
            "message": call.body["message"], "tree": {"sha": branch.sha, "url": f"{url}/git/trees/{branch.sha}"},
            "parents": parents if parent else [],
            "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None,
                             "verified_at": None}}


def check_sha(call, there):
    sha = call.body.get("sha")
    if sha is None:
        raise Refused(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if sha != blob_sha(there):
        raise Refused(409, f"{call.args['path']} does not match {sha}")


@route("PUT", "/repos/{owner}/{repo}/contents/{path}", "contents")
def put(call):
    call.needs("message", "content")
    try:
        content = base64.b64decode("".join(call.body["content"].split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refused(422, "content is not valid Base64") from None
    first = not call.repo.branches
    if first:
        call.repo.branches[call.body.get("branch") or call.repo.default_branch] = Branch()
    name, branch = find_branch(call, call.body.get("branch"))
    path = call.args["path"]
    there = branch.files.get(path)
    if there is not None:
        check_sha(call, there)
    parent = branch.commit()
    branch.files[path] = content
    call.repo.pushed = time.time()
    return 200 if there is not None else 201, {
        "content": entry(call, name, path, content), "commit": commit_shape(call, branch, None if first else parent)}


@route("DELETE", "/repos/{owner}/{repo}/contents/{path}", "contents")
def delete(call):
    call.needs("message")
    _, branch = find_branch(call, call.body.get("branch"))
    if call.args["path"] not in branch.files:
        raise not_found()
    check_sha(call, branch.files[call.args["path"]])
    parent = branch.commit()
    del branch.files[call.args["path"]]
    call.repo.pushed = time.time()
    return {"content": None, "commit": commit_shape(call, branch, parent)}


def commit_of(call, branch):
    """The head of a branch, as an answer about the branch has it."""
    url, html = call.world.repository_url(call.repo), f"{shapes.HTML}/{call.repo.full_name}"
    owner = call.repo.owner
    who = {"name": owner.login, "email": f"{owner.login}@users.noreply.github.com", "date": shapes.stamp(call.repo.pushed)}
    account = shapes.user(call.world, owner)
    return {"sha": branch.sha, "node_id": shapes.node_id("Commit", branch.sha), "url": f"{url}/commits/{branch.sha}",
            "html_url": f"{html}/commit/{branch.sha}", "comments_url": f"{url}/commits/{branch.sha}/comments",
            "commit": {"author": who, "committer": who, "comment_count": 0, "message": "a commit",
                       "tree": {"sha": branch.sha, "url": f"{url}/git/trees/{branch.sha}"},
                       "url": f"{url}/git/commits/{branch.sha}"},
            "author": account, "committer": account, "parents": []}
