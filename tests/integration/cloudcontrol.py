# SPDX-License-Identifier: Apache-2.0
"""cloudcontrol.py - plays the Cloud Control API, with CloudFormation's registry, the tag index and STS beside it: no
emulator has it.

Every request is held to AWS's own service models, and so is every answer: what the model does not allow is kept in
`wrong`. The types are those of CloudFormation's registry. Resources live in `resources`; their handlers take `seconds`, and then do what the type's schema says: what is
read-only is refused, what is create-only can't be patched, what is write-only is not in what a patch is applied to."""

import copy
import functools
import hashlib
import http.server
import json
import pathlib
import re
import threading
import time
import urllib.parse
import xml.sax.saxutils

import botocore.session
import botocore.validate
import cfnlint.data.schemas
import jsonschema

import proxying
import sigproxy

ACCOUNT = "123456789012"
MODELS = {"cloudcontrolapi": "cloudcontrol", "tagging": "resourcegroupstaggingapi", "cloudformation": "cloudformation",
          "sts": "sts"}
SCHEMAS = pathlib.Path(cfnlint.data.schemas.__file__).parent
INDEX = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
ARNS = {"AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{id}",
        "AWS::ApiGatewayV2::Api": "arn:aws:apigateway:{region}::/apis/{id}",
        "AWS::ElastiCache::User": "arn:aws:elasticache:{region}:{account}:user:{id}"}


@functools.cache
def registered(type_name):
    """The schema of a type, as CloudFormation's registry has it: cfn-lint brings them."""
    if type_name not in INDEX:
        raise Failure("TypeNotFoundException", f"The type {type_name} can't be found")
    return json.loads((SCHEMAS / "resources" / (INDEX[type_name] + ".json")).read_text())


class Failure(Exception):
    """An error of AWS's: of a call, or of a handler."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def names(schema, word):
    return [pointer.removeprefix("/properties/") for pointer in schema.get(word, [])]


def patched(properties, patch):
    """By RFC 6902, as far as it is used here; paths into arrays are not."""
    properties = copy.deepcopy(properties)
    for operation in patch:
        *above, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
        place = properties
        for part in above:
            place = place[part]
        if operation["op"] == "remove":
            del place[last]
        elif operation["op"] == "add" or last in place:
            place[last] = operation["value"]
        else:
            raise KeyError(operation["path"])
    return properties


class CloudControl:
    def __init__(self, seconds=0.2):
        self.seconds = seconds
        self.resources = {}  # (region, type, identifier) -> properties, those that are never read back as well
        self.requests, self.tokens = {}, {}
        self.calls, self.wrong = [], []
        self.failures = []  # (operation, name, code, message): what the next such handlers come to
        self.strays = []  # ARNs that the tag index has besides, whatever it is asked for: they carry just that
        self.lags = False  # the tag index tells of what is gone
        self.past = {}  # what it told of when that went: (region, type, identifier) -> tags
        self.lock = threading.RLock()
        session = botocore.session.get_session()
        self.models = {name: session.get_service_model(service) for name, service in MODELS.items()}
        self.server = proxying.Server(("127.0.0.1", 0), Handler, self)
        self.url = "http://%s:%d" % self.server.server_address[:2]

    def start(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- the contract ----

    def check(self, shape, value, where):
        if shape is None:
            return
        errors = botocore.validate.ParamValidator().validate(value, shape)
        if errors.has_errors():
            self.wrong.append(f"{where}: {errors.generate_report()}")
        else:
            self.check_texts(shape, value, where)

    def check_texts(self, shape, value, where):
        """What botocore leaves to the service: lengths, patterns and enumerations."""
        if shape.type_name == "structure":
            for name, part in value.items():
                self.check_texts(shape.members[name], part, f"{where}.{name}")
        elif shape.type_name == "list":
            for part in value:
                self.check_texts(shape.member, part, f"{where}[]")
        elif shape.type_name == "string":
            pattern, most = shape.metadata.get("pattern"), shape.metadata.get("max")
            odd = (pattern and not re.fullmatch(pattern, value)) or (most and len(value) > most)
            if odd or (shape.enum and value not in shape.enum):
                self.wrong.append(f"{where}: {value!r}")

    def answer(self, request, params):
        """The answer to a request, by the name of its operation."""
        operation = self.models[request.service].operation_model(request.operation)
        self.check(operation.input_shape, params, request.operation)
        with self.lock:
            self.advance()
            self.calls.append((request.operation, params))
            act = getattr(self, re.sub(r"(?<!^)(?=[A-Z])", "_", request.operation).lower())
            answer = act(request.region, **params)
        self.check(operation.output_shape, answer, f"{request.operation}'s answer")
        return answer

    def called(self, operation):
        return [params for name, params in self.calls if name == operation]

    # ---- beside it ----

    def get_caller_identity(self, region):
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/test", "UserId": "AIDATEST"}

    def describe_type(self, region, Type, TypeName):
        return {"Type": Type, "TypeName": TypeName, "Schema": json.dumps(registered(TypeName))}

    def arn_of(self, key):
        region, type_name, identifier = key
        return ARNS[type_name].format(region=region, account=ACCOUNT, id=identifier)

    def tags_of(self, key):
        tags = self.resources[key].get("Tags", {})
        return tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}

    def get_resources(self, region, TagFilters, PaginationToken="", ResourcesPerPage=100):
        def fits(tags):
            return all(tags.get(wanted["Key"]) in wanted["Values"] for wanted in TagFilters)

        index = {key: self.tags_of(key) for key in self.resources} | (self.past if self.lags else {})
        found = {self.arn_of(key): tags for key, tags in index.items() if key[0] == region and key[1] in ARNS and fits(tags)}
        asked = {wanted["Key"]: wanted["Values"][0] for wanted in TagFilters}
        return {"PaginationToken": "", "ResourceTagMappingList": [
            {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
            for arn, tags in (dict.fromkeys(self.strays, asked) | found).items()]}

    # ---- requests ----

    def event(self, request):
        event = {"TypeName": request["type"], "RequestToken": request["token"], "Operation": request["operation"],
                 "OperationStatus": request["status"], "EventTime": time.time()}
        shown = {"Identifier": request["identifier"], "ErrorCode": request.get("code"),
                 "StatusMessage": request.get("message")}
        return {"ProgressEvent": event | {name: value for name, value in shown.items() if value}}

    def begin(self, operation, region, type_name, identifier, act, name=None):
        token = hashlib.sha256(f"{len(self.requests)}".encode()).hexdigest()[:36]
        busy = [r for r in self.requests.values() if r["status"] == "IN_PROGRESS" and identifier
                and (r["region"], r["type"], r["identifier"]) == (region, type_name, identifier)]
        if busy:
            raise Failure("ConcurrentOperationException", "Another operation on the resource is under way")
        self.requests[token] = {"token": token, "operation": operation, "region": region, "type": type_name,
                                "identifier": identifier, "status": "IN_PROGRESS", "act": act,
                                "name": name or identifier,
                                "ends": time.monotonic() + self.seconds}
        return self.event(self.requests[token])

    def advance(self):
        """Handlers whose time has come do what they were asked to."""
        for request in self.requests.values():
            if request["status"] != "IN_PROGRESS" or time.monotonic() < request["ends"]:
                continue
            try:
                self.fail(request)
                request["identifier"] = request["act"]() or request["identifier"]
                request["status"] = "SUCCESS"
            except Failure as failure:
                request.update(status="FAILED", code=failure.code, message=str(failure))

    def fail(self, request):
        for at, (operation, name, code, message) in enumerate(self.failures):
            if (operation, name) == (request["operation"], request["name"]):
                del self.failures[at]
                raise Failure(code, message)

    def get_resource_request_status(self, region, RequestToken):
        if RequestToken not in self.requests:
            raise Failure("RequestTokenNotFoundException", "There is no such request")
        return self.event(self.requests[RequestToken])

    # ---- resources ----

    def judge(self, schema, properties):
        try:
            jsonschema.Draft7Validator(schema).validate(properties)
        except jsonschema.ValidationError as error:
            raise Failure("InvalidRequest", f"Model validation failed: {error.message}") from None

    def create_resource(self, region, TypeName, DesiredState, ClientToken):
        schema, desired = registered(TypeName), json.loads(DesiredState)
        if ClientToken in self.tokens:
            what, event_token = self.tokens[ClientToken]
            if what != (region, TypeName, desired):
                raise Failure("ClientTokenConflictException", "The token was used for another request")
            return self.event(self.requests[event_token])

        def act():
            if any(name in desired for name in names(schema, "readOnlyProperties")):
                raise Failure("InvalidRequest", "Encountered unsupported property")
            self.judge(schema, desired)
            return self.make(region, TypeName, schema, desired)

        name = desired.get(names(schema, "primaryIdentifier")[0])
        event = self.begin("CREATE", region, TypeName, None, act, name)
        self.tokens[ClientToken] = ((region, TypeName, desired), event["ProgressEvent"]["RequestToken"])
        return event

    def make(self, region, type_name, schema, desired):
        number = f"id{len(self.requests)}"
        properties = {"ApiEndpoint": f"https://{number}.example.com"} if type_name.endswith("::Api") else {}
        properties |= {name: number for name in names(schema, "primaryIdentifier") if name not in desired} | desired
        identifier = "|".join(properties[name] for name in names(schema, "primaryIdentifier"))
        key = (region, type_name, identifier)
        if key in self.resources:
            raise Failure("AlreadyExists", f"{identifier} already exists")
        if "Arn" in schema["properties"]:
            properties["Arn"] = self.arn_of(key)
        self.resources[key] = properties
        return identifier

    def find(self, region, type_name, identifier):
        registered(type_name)
        if (region, type_name, identifier) not in self.resources:
            raise Failure("ResourceNotFoundException", f"Resource of type '{type_name}' with identifier "
                          f"'{identifier}' was not found.")
        return region, type_name, identifier

    def get_resource(self, region, TypeName, Identifier):
        return {"TypeName": TypeName, "ResourceDescription": {
            "Identifier": Identifier, "Properties": json.dumps(self.shown(self.find(region, TypeName, Identifier)))}}

    def shown(self, key):
        silent = names(registered(key[1]), "writeOnlyProperties")
        return {name: value for name, value in self.resources[key].items() if name not in silent}

    def update_resource(self, region, TypeName, Identifier, PatchDocument):
        schema, key = registered(TypeName), self.find(region, TypeName, Identifier)
        patch = json.loads(PatchDocument)

        def act():
            before = self.shown(key)
            after = patched(before, patch)
            for name in names(schema, "createOnlyProperties") + names(schema, "readOnlyProperties"):
                if before.get(name) != after.get(name):
                    raise Failure("NotUpdatable", f"Invalid patch update: {name} can't be changed")
            self.judge(schema, after)
            self.resources[key] = after

        return self.begin("UPDATE", region, TypeName, Identifier, act)

    def delete_resource(self, region, TypeName, Identifier):
        key = self.find(region, TypeName, Identifier)

        def act():
            self.past[key] = self.tags_of(key)
            del self.resources[key]

        return self.begin("DELETE", region, TypeName, Identifier, act)


# ---- the wire ----


def xml_of(value):
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml_of(part)}</{name}>" for name, part in value.items())
    return xml.sax.saxutils.escape(str(value))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format, *args):
        pass

    def reply(self, status, kind, body):
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.send_header("x-amzn-RequestId", "cloudcontrol")
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = sigproxy.Request("POST", self.path, list(self.headers.items()), body)
        query = request.protocol == "query"
        try:
            if query:
                params = {name: value for name, value in urllib.parse.parse_qsl(body.decode())}
                del params["Action"], params["Version"]
            else:
                params = json.loads(body)
            answer = self.server.proxy.answer(request, params)
        except Failure as failure:
            kind, _, text = sigproxy.error_body(request, failure.code, str(failure), "cloudcontrol")
            self.reply(400, kind, text)
            return
        except Exception as error:  # a mistake of this file is the test's to see
            self.server.proxy.wrong.append(repr(error))
            raise
        if query:
            name = request.operation
            self.reply(200, "text/xml", f"<{name}Response><{name}Result>{xml_of(answer)}</{name}Result></{name}Response>")
        else:
            self.reply(200, self.headers["Content-Type"], json.dumps(answer))
