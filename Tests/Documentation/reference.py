"""Writes Reference/Routes.md and Reference/Settings.md from an OpenAPI document: make reference."""

import json
import pathlib
import sys

document = json.load(sys.stdin)
schemas = document["components"]["schemas"]
folder = pathlib.Path(__file__).parent / "../../Sources/ServerAPI/ServerAPI.docc/Reference"


def resolved(value):
    while "$ref" in value:
        place = document
        for name in value["$ref"].split("/")[1:]:
            place = place[name]
        value = place
    return value


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


COMMON = {"400", "401", "403", "408", "413", "414", "415", "417", "429", "431", "500", "501", "503", "505"}


def routes():
    lines = ["# Routes", "", "Every path of the API; written by `make reference` from `/openapi.json`, which has", ""]
    lines = lines[:-1] + ["the parameters, bodies and answers too.", ""]
    lines += [f"Any path may give {', '.join(sorted(COMMON - {'401'}))}, and with a scope 401; the", ""]
    lines = lines[:-1] + ["table has the statuses beyond these.", ""]
    lines += ["| Method and path | What it does | Scope | Statuses |", "|" + " --- |" * 4]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            scopes = [scope for rule in operation.get("security", []) for scope in rule.get("bearer", [])]
            statuses = ", ".join(status for status in operation["responses"] if status not in COMMON)
            text = cell(operation["summary"])
            lines.append(f"| `{method.upper()} {path}` | {text} | {', '.join(scopes)} | {statuses} |")
    return lines


def values(schema):
    schema = {**schema, **({} if "type" in schema else resolved(schema))}
    if "const" in schema:
        return f"`{schema['const']}`"
    if "oneOf" in schema and all("const" in word for word in schema["oneOf"]):
        return "<br>".join(f"`{word['const']}`: {word['description']}" for word in schema["oneOf"])
    if "minimum" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        number = "whole number " if "integer" in kinds else ""
        limits = f"{number}{schema['minimum']:,} … {schema['maximum']:,}"
        return limits + (" or null" if "null" in kinds else "")
    if "maxLength" in schema:
        return f"text of at most {schema['maxLength']} characters"
    return schema.get("type", "object")


def settings():
    lines = ["# Settings", "", "Every field of a request for a job; written by `make reference` from the"]
    lines += ["tables that read them. A default holds where neither request nor preset states a value.", ""]
    for name in [
        "JobRequest", "CheckpointRetention", "EvaluationPlan", "DQNHyperparameters", "PQNHyperparameters",
        "QLearningHyperparameters",
        "RMSPropNature", "RMSProp", "Adam", "ConvolutionalLayer", "DenseLayer",
    ]:
        schema = schemas[name]
        lines += [f"## {name}", "", schema["description"], ""]
        lines += ["| Name | Meaning | Values | Unit | Default | Source |", "|" + " --- |" * 6]
        for key, field in schema["properties"].items():
            default = field.get("default", "")
            default = "" if isinstance(default, (dict, list)) else json.dumps(default) if default != "" else ""
            lines.append(
                f"| `{key}` | {cell(field['description'])} | {cell(values(field))} "
                f"| {field.get('x-unit', '')} | {default} | {cell(field.get('x-source', ''))} |"
            )
        lines.append("")
    return lines[:-1]


(folder / "Routes.md").write_text("\n".join(routes()) + "\n")
(folder / "Settings.md").write_text("\n".join(settings()) + "\n")
