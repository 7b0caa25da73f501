#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Strips AWS's service models, as botocore ships them, to what a client needs on the wire.

    strip-models.py --models DIR --out DIR SERVICE...

reads the newest API version of each service below DIR (service-2, waiters-2 and paginators-1, plain
or gzipped) and writes one compact SERVICE.json, and endpoints.json for finding the hosts.
Python 3.9 or newer; nothing but the standard library.
"""

import argparse
import gzip
import json
import os
import re
import sys

# In the order of our liking, for services that speak several.
PROTOCOLS = ("json", "rest-json", "rest-xml", "query", "ec2")

METADATA = (
    "protocol", "jsonVersion", "targetPrefix", "apiVersion", "endpointPrefix", "signingName",
    "signatureVersion", "xmlNamespace", "awsQueryCompatible", "serviceId",
)
SHAPE = (
    "type", "required", "locationName", "payload", "flattened", "xmlNamespace", "timestampFormat",
    "wrapper", "streaming", "eventstream", "document", "union", "jsonvalue", "location",
)
# Beside a shape's name.
REFERENCE = (
    "shape", "locationName", "location", "flattened", "xmlNamespace", "xmlAttribute", "queryName",
    "timestampFormat", "streaming", "idempotencyToken", "hostLabel", "jsonvalue", "wrapper",
)
OPERATION = ("httpChecksum", "httpChecksumRequired", "authtype", "idempotent")
HTTP = ("method", "requestUri", "responseCode")
INPUT = ("shape", "locationName", "xmlNamespace", "resultWrapper", "payload")


def fail(text):
    sys.exit("strip-models.py: " + text)


def load(stem):
    """The JSON of stem.json or stem.json.gz; None when neither is there."""
    for path, opener in ((stem + ".json", open), (stem + ".json.gz", gzip.open)):
        if os.path.exists(path):
            with opener(path, "rt", encoding="utf-8") as file:
                return json.load(file)
    return None


def pick(source, names):
    """The named members which are there and say something."""
    return {name: source[name] for name in names if source.get(name) not in (None, False, [])}


def strip_shape(shape):
    out = pick(shape, SHAPE)
    if "members" in shape:
        out["members"] = {name: pick(ref, REFERENCE) for name, ref in shape["members"].items()}
    for name in ("member", "key", "value"):
        if name in shape:
            out[name] = pick(shape[name], REFERENCE)
    return out


def references(shape):
    yield from (ref["shape"] for ref in shape.get("members", {}).values())
    yield from (shape[name]["shape"] for name in ("member", "key", "value") if name in shape)


def reachable(shapes, names):
    seen, todo = {}, list(names)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen[name] = strip_shape(shapes[name])
            todo.extend(references(shapes[name]))
    return {name: seen[name] for name in sorted(seen)}


def strip_errors(operation, shapes):
    """Error code to HTTP status (0 where the model does not say)."""
    out = {}
    for ref in operation.get("errors", []):
        error = {**ref.get("error", {}), **shapes[ref["shape"]].get("error", {})}
        out[error.get("code", ref["shape"])] = error.get("httpStatusCode", 0)
    return out


def strip_operation(operation, shapes):
    out = {"http": pick(operation["http"], HTTP)}
    for side in ("input", "output"):
        if side in operation:
            out[side] = pick(operation[side], INPUT)
    out.update(pick(operation, OPERATION))
    if "hostPrefix" in operation.get("endpoint", {}):
        out["endpoint"] = {"hostPrefix": operation["endpoint"]["hostPrefix"]}
    errors = strip_errors(operation, shapes)
    if errors:
        out["errors"] = errors
    return out


def strip_waiters(waiters):
    acceptor = ("matcher", "expected", "argument", "state")
    return {
        name: {
            **{key: waiter[key] for key in ("operation", "delay", "maxAttempts")},
            # An expected false or 0 says something, so these are not picked.
            "acceptors": [{k: a[k] for k in acceptor if k in a} for a in waiter["acceptors"]],
        }
        for name, waiter in waiters.items()
    }


def strip_metadata(service, metadata):
    spoken = [metadata["protocol"]] + metadata.get("protocols", [])
    known = [p for p in spoken if p in PROTOCOLS] + [None]
    if known[0] is None:
        fail("%s speaks none of our protocols, but %s" % (service, ", ".join(spoken)))
    out = pick(metadata, METADATA)
    out["protocol"] = known[0]
    out.setdefault("signingName", metadata["endpointPrefix"])
    return out


def strip_service(folder, service):
    if not os.path.isdir(os.path.join(folder, service)):
        fail("no service %s in %s" % (service, folder))
    newest = os.path.join(folder, service, max(os.listdir(os.path.join(folder, service))))
    model = load(os.path.join(newest, "service-2"))
    if model is None:
        fail("no service-2.json in " + newest)
    shapes, operations = model["shapes"], model["operations"]
    roots = [op[side]["shape"] for op in operations.values() for side in ("input", "output")
             if side in op]
    return {
        "metadata": strip_metadata(service, model["metadata"]),
        "operations": {name: strip_operation(op, shapes) for name, op in operations.items()},
        "shapes": reachable(shapes, roots),
        "waiters": strip_waiters((load(os.path.join(newest, "waiters-2")) or {}).get("waiters", {})),
        "paginators": (load(os.path.join(newest, "paginators-1")) or {}).get("pagination", {}),
    }


def posix_regex(pattern):
    """The few Perl escapes of region patterns, for POSIX regcomp()."""
    pattern = pattern.replace(r"\w", "[A-Za-z0-9_]").replace(r"\d", "[0-9]").replace(r"\-", "-")
    if re.search(r"\\", pattern):
        fail("region pattern with an unknown escape: " + pattern)
    return pattern


def strip_endpoint(endpoint, default):
    out = pick(endpoint, ("hostname", "credentialScope"))
    if out.get("hostname") == default:
        del out["hostname"]
    return out


def strip_place(prefix, service, dns_suffix):
    """Of a service's endpoints, those which differ from SERVICE.REGION.SUFFIX."""
    out = pick(service, ("partitionEndpoint",))
    if service.get("isRegionalized") is False:
        out["global"] = True
    if "hostname" in service.get("defaults", {}):
        out["hostname"] = service["defaults"]["hostname"]
    endpoints = {}
    for region, endpoint in service.get("endpoints", {}).items():
        if not endpoint.get("deprecated") and region != "local":
            default = "%s.%s.%s" % (prefix, region, dns_suffix)
            endpoints[region] = strip_endpoint(endpoint, default)
    out["endpoints"] = {region: found for region, found in endpoints.items() if found}
    return out


def strip_endpoints(endpoints, prefixes):
    return [
        {
            "partition": partition["partition"],
            "dnsSuffix": partition["dnsSuffix"],
            "regionRegex": posix_regex(partition["regionRegex"]),
            "hostname": partition["defaults"]["hostname"],
            "regions": sorted(partition["regions"]),
            "services": {
                prefix: strip_place(prefix, partition["services"][prefix], partition["dnsSuffix"])
                for prefix in sorted(prefixes) if prefix in partition["services"]
            },
        }
        for partition in endpoints["partitions"]
    ]


def save(folder, name, content):
    path = os.path.join(folder, name + ".json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(content, file, separators=(",", ":"), ensure_ascii=False)
        file.write("\n")
    os.replace(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--models", required=True, help="botocore's data folder")
    parser.add_argument("--out", required=True, help="where the stripped files go")
    parser.add_argument("services", nargs="+", metavar="SERVICE")
    options = parser.parse_args()

    os.makedirs(options.out, exist_ok=True)
    prefixes = set()
    for service in options.services:
        model = strip_service(options.models, service)
        prefixes.add(model["metadata"]["endpointPrefix"])
        save(options.out, service, model)
    endpoints = load(os.path.join(options.models, "endpoints"))
    if endpoints is None:
        fail("no endpoints.json in " + options.models)
    save(options.out, "endpoints", {"partitions": strip_endpoints(endpoints, prefixes)})


if __name__ == "__main__":
    main()
