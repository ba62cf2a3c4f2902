"""[FILTER] kubernetes: who wrote a line. Service discovery tells it to the agents before they read a file."""

from __future__ import annotations

from dataclasses import replace

from translators.aws_layout import KUBERNETES
from translators.catalog import Field, InLabel, InMetadata, IsGone, Place
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import approximate, exact, judge_options
from translators.fluentbit.plugins.kubernetes_annotations import annotate
from translators.fluentbit.plugins.kubernetes_merge import merge, merging
from translators.fluentbit.plugins.kubernetes_options import MAPS, OPTIONS
from translators.fluentbit.plugins.parsers import is_on
from translators.fluentbit.whereabouts import Whereabouts
from translators.labels import Kind, Scheme
from translators.pipeline.kubernetes_targets import FROM_NAME, metadata_from_discovery, metadata_from_name, origins
from translators.pipeline.model import Discovery
from translators.pipeline.tags import HOLE

PLUGIN = "kubernetes"
_PREFIX = "kube.var.log.containers."
_FOLDER = "var.log.containers."
"""The folder in a tag: a shorter prefix leaves some of it in the pod's name, a longer one takes some of the name."""
_LABELS = "pod labels other than the app are not copied to each entry; name those you need in the labels file"
_OF_NAMESPACE = IsGone("labels and annotations of the namespace are not copied to each entry")
_NO_API = "--discovery files: only the file's name is known, which does not tell it"


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with the pod's names; the text is merged in queries, not here."""
    judge_options(desk.ledger, PLUGIN, section, {**OPTIONS, **merging(section, flow, desk)})
    _judge_maps(section, desk)
    known = _discover(section, flow, desk)
    merged = merge(section, known, desk)
    return annotate(section, merged, desk)


def _judge_maps(section: Section, desk: Desk) -> None:
    """What the record does not have cannot be missed."""
    for item in section.properties:
        if item.key in MAPS:
            on = is_on(section, item.key)
            desk.ledger.key(PLUGIN, item, MAPS[item.key] if on else exact("off: the record does not have them either"))
    for key in ("labels", "annotations"):
        if section.last(key) is None:
            desk.ledger.implied(PLUGIN, section, f"{key.capitalize()} On", MAPS[key])


def _discover(section: Section, flow: Flow, desk: Desk) -> Flow:
    if not _prefix_fits(section, flow) or flow.files is None or not flow.files.of_containers:
        _judge_no_pod(section, desk)
        return flow
    _judge_pod(section, desk)
    if desk.discovery is Discovery.FILES:
        named = tuple(name for name in FROM_NAME if desk.scheme.kind(name) is Kind.LABEL and name != "container_id")
        known = replace(flow, labels=(*flow.labels, *named)).carrying(*metadata_from_name(desk.scheme))
        return known.knowing(_with_pod(section, flow.record, desk.scheme, _NO_API))
    known = replace(flow, discovery=Discovery.KUBERNETES, origins=origins(desk.scheme))
    names = tuple(rule.name for rule in desk.scheme.discovered())
    known = replace(known, labels=(*known.labels, *names)).carrying(*metadata_from_discovery(desk.scheme))
    return known.knowing(_with_pod(section, flow.record, desk.scheme, ""))


def _prefix_fits(section: Section, flow: Flow) -> bool:
    """Fluent Bit cuts the prefix's length off the tag, never comparing; the rest must be a container's file name."""
    prefix = section.value("kube_tag_prefix", _PREFIX).strip()
    return all(_leaves_file_name(tag, prefix) for tag in flow.tags)


def _leaves_file_name(tag: str, prefix: str) -> bool:
    if _FOLDER in tag:
        return tag.rindex(_FOLDER) + len(_FOLDER) == len(prefix)
    return tag.startswith(prefix) or HOLE in tag[: len(prefix)]


def _judge_no_pod(section: Section, desk: Desk) -> None:
    message = (
        "the tag less Kube_Tag_Prefix is no container's file name, so Fluent Bit finds no pod; nor do we look for one"
    )
    desk.ledger.section(PLUGIN, section, approximate(message, "make Kube_Tag_Prefix the tag's own start"))
    item = section.last("kube_tag_prefix")
    if item is not None:
        desk.ledger.key(PLUGIN, item, approximate(message, "make Kube_Tag_Prefix the tag's own start"))


def _judge_pod(section: Section, desk: Desk) -> None:
    if desk.discovery is Discovery.FILES:
        message = "namespace, pod, container and app come from the file's name; nothing else is known without the API"
        desk.ledger.section(PLUGIN, section, approximate(message))
    else:
        message = (
            "service discovery tells the pod's name, namespace, container, app and node while the API lists it; "
            "pod_id, pod_ip, docker_id come if the labels file asks for them, container_hash and container_image do not"
        )
        desk.ledger.section(PLUGIN, section, approximate(message, "use --discovery files where pods live for seconds"))
    item = section.last("kube_tag_prefix")
    if item is not None:
        desk.ledger.key(PLUGIN, item, exact("the rest of the tag is the container's file name"))


def _with_pod(section: Section, record: Whereabouts, scheme: Scheme, missing: str) -> Whereabouts:
    """The record with the map ``kubernetes`` in Fluent Bit's order of keys."""
    for key, place in KUBERNETES:
        if key == "host":
            record = _with_maps(section, record)
        record = record.put(Field(("kubernetes", key), _place(place, scheme, missing)))
    if any(is_on(section, key) for key in ("namespace_labels", "namespace_annotations")):
        name = record.find(("kubernetes", "namespace_name")) or _OF_NAMESPACE
        record = record.put(Field(("kubernetes_namespace", "name"), name))
        record = record.put(Field(("kubernetes_namespace",), _OF_NAMESPACE))
    return record


def _with_maps(section: Section, record: Whereabouts) -> Whereabouts:
    if is_on(section, "labels", True):
        record = record.put(Field(("kubernetes", "labels", "app"), InLabel("app")))
        record = record.put(Field(("kubernetes", "labels"), IsGone(_LABELS)))
    if is_on(section, "annotations", True):
        record = record.put(Field(("kubernetes", "annotations"), IsGone("annotations are not copied to each entry")))
    if is_on(section, "owner_references"):
        record = record.put(Field(("kubernetes", "ownerReferences"), IsGone("only the app label tells the controller")))
    return record


def _place(place: Place, scheme: Scheme, missing: str) -> Place:
    """Where the user's scheme puts it."""
    if not isinstance(place, InLabel | InMetadata):
        return place
    if missing and place.name not in ("pod", "namespace", "container", "container_id"):
        return IsGone(missing)
    match scheme.kind(place.name):
        case Kind.LABEL:
            return InLabel(place.name)
        case Kind.METADATA:
            return InMetadata(place.name)
        case Kind.OFF:
            return IsGone(scheme.why(place.name))
