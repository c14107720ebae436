"""What SARIF 2.1.0 asks of the objects that Plimsoll writes: names and kinds of their properties, which are required, and
what binds them together. After the text of the standard (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), by section."""
import jsonschema

TEXT, INDEX = {"type": "string"}, {"type": "integer", "minimum": 0}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}  # 3.9
URI = {"type": "string", "pattern": r"^([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$"}  # RFC 3986
LEVEL = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10


def an_object(known, required=(), others=""):
    """An object with these properties and no name that the standard does not have. `others` are not looked into."""
    properties = {name: {} for name in others.split()} | known | {"properties": {"type": "object"}}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def a_list(of, unique=False):
    return {"type": "array", "items": of, "uniqueItems": unique}


MESSAGE = an_object({"text": TEXT, "id": TEXT}, others="markdown arguments") | {  # 3.11
    "anyOf": [{"required": ["text"]}, {"required": ["id"]}]}
DESCRIPTION = an_object({"text": TEXT}, ["text"], "markdown")  # 3.12
ARTIFACT_LOCATION = an_object({"uri": URI}, others="uriBaseId index description")  # 3.4
PHYSICAL_LOCATION = an_object({"artifactLocation": ARTIFACT_LOCATION}, others="address region contextRegion") | {  # 3.29
    "anyOf": [{"required": ["address"]}, {"required": ["artifactLocation"]}]}
LOGICAL_LOCATION = an_object({"name": TEXT, "fullyQualifiedName": TEXT, "kind": TEXT}, ["name"],  # 3.33
                             "index decoratedName parentIndex")
LOCATION = an_object({"physicalLocation": PHYSICAL_LOCATION, "logicalLocations": a_list(LOGICAL_LOCATION, True)},  # 3.28
                     others="id message annotations relationships")
RULE = an_object({"id": TEXT, "shortDescription": DESCRIPTION, "help": DESCRIPTION, "helpUri": URI}, ["id"],  # 3.49
                 "deprecatedIds guid deprecatedGuids name deprecatedNames fullDescription messageStrings defaultConfiguration "
                 "relationships")
RULE["properties"]["properties"] = {"type": "object", "properties": {"tags": a_list(TEXT, True)}}  # 3.8
DRIVER = an_object({"name": TEXT, "semanticVersion": TEXT, "rules": a_list(RULE, True)}, ["name"],  # 3.19
                   "guid organization product productSuite shortDescription fullDescription fullName version "
                   "dottedQuadFileVersion releaseDateUtc downloadUri informationUri globalMessageStrings notifications taxa "
                   "locations language contents isComprehensive localizedDataSemanticVersion "
                   "minimumRequiredLocalizedDataSemanticVersion associatedComponent translationMetadata supportedTaxonomies")
NOTIFICATION = an_object({"message": MESSAGE, "level": LEVEL}, ["message"],  # 3.58
                         "locations threadId timeUtc exception descriptor associatedRule")
INVOCATION = an_object({"executionSuccessful": {"type": "boolean"}, "endTimeUtc": TIME,  # 3.20
                        "toolExecutionNotifications": a_list(NOTIFICATION)}, ["executionSuccessful"],
                       "commandLine arguments responseFiles startTimeUtc exitCode ruleConfigurationOverrides "
                       "notificationConfigurationOverrides toolConfigurationNotifications exitCodeDescription exitSignalName "
                       "exitSignalNumber processStartFailureMessage machine account processId executableLocation "
                       "workingDirectory environmentVariables stdin stdout stderr stdoutStderr")
RESULT = an_object({"ruleId": TEXT, "ruleIndex": INDEX, "level": LEVEL, "message": MESSAGE,  # 3.27
                    "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
                    "locations": a_list(LOCATION),
                    "partialFingerprints": {"type": "object", "additionalProperties": TEXT}}, ["message"],
                   "rule analysisTarget guid correlationGuid occurrenceCount fingerprints stacks codeFlows graphs "
                   "graphTraversals relatedLocations suppressions baselineState rank attachments hostedViewerUri workItemUris "
                   "provenance fixes taxa webRequest webResponse")
RUN = an_object({"tool": an_object({"driver": DRIVER}, ["driver"], "extensions"), "results": a_list(RESULT),  # 3.14
                 "invocations": a_list(INVOCATION)}, ["tool"],
                "conversion language versionControlProvenance originalUriBaseIds artifacts logicalLocations graphs "
                "automationDetails runAggregates baselineGuid redactionTokens defaultEncoding defaultSourceLanguage "
                "newlineSequences columnKind externalPropertyFileReferences threadFlowLocations taxonomies addresses "
                "translations policies webRequests webResponses specialLocations")
LOG = an_object({"version": {"const": "2.1.0"}, "$schema": URI, "runs": a_list(RUN)}, ["version", "runs"],  # 3.13
                "inlineExternalProperties")


def faults(log):
    """What is wrong with a SARIF log, as texts."""
    found = [f"{list(fault.absolute_path)}: {fault.message[:300]}" for fault in jsonschema.Draft7Validator(LOG).iter_errors(log)]
    if found:
        return found
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"].get("rules", [])]
        if len(set(rules)) != len(rules):
            found.append("an id is there twice among the rules")  # 3.49.3
        for result in run.get("results", []):
            name = result.get("ruleId")
            if name is None or result.get("ruleIndex", -1) >= len(rules) or rules[result["ruleIndex"]] != name:
                found.append(f"{name}: ruleIndex does not lead to it")  # 3.27.5, 3.27.6
            if result.get("kind", "fail") != "fail" and result.get("level") != "none":
                found.append(f"{name}: a result of kind {result['kind']} has a level")  # 3.27.10
            if not result["message"]["text"].strip():
                found.append(f"{name}: says nothing")
    return found
