"""What the kubernetes filter knows of a pod: the maps it adds, and what the pod's annotations ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.filters.base import Setting
from translators.fluentbit.evaluate.onigmo import Regex
from translators.fluentbit.evaluate.options import flag, is_true
from translators.fluentbit.evaluate.records import Map, Value
from translators.pipeline.world import Container, Pod

DEFAULT_PREFIX = "kube.var.log.containers."
_POD_NAME = rb"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_BY_TAG = Regex(
    rb"(?<pod_name>" + _POD_NAME + rb")_(?<namespace_name>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{64})\.log$"
)
_BY_JOURNAL = Regex(
    rb"^(?<name_prefix>[^_]+)_(?<container_name>[^\._]+)(\.(?<container_hash>[^_]+))?"
    rb"_(?<pod_name>[^_]+)_(?<namespace_name>[^_]+)_[^_]+_[^_]+$"
)
_T = TypeVar("_T", str, bool)
_ANNOTATION = "fluentbit.io/"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is added to a pod's records, and for each stream whether it is excluded and which parser it asks for."""

    maps: Map = field(default_factory=Map)
    excluded: Mapping[str, bool] = field(default_factory=dict)
    parsers: Mapping[str, str] = field(default_factory=dict)

    def excludes(self, stream: str) -> bool:
        if stream in ("stdout", "stderr"):
            return self.excluded.get(stream, False)
        return self.excluded.get("stdout", False) and self.excluded.get("stderr", False)

    def parser(self, stream: str) -> str:
        """Its name, or empty. Without a known stream both streams would have to ask for the same object: never."""
        return self.parsers.get(stream, "") if stream in ("stdout", "stderr") else ""


class Source:
    """Looks pods up as the filter's options say."""

    def __init__(self, setting: Setting) -> None:
        section = setting.section
        self._setting = setting
        self._prefix = len(setting.key("kube_tag_prefix", DEFAULT_PREFIX))
        custom = setting.parsers.get(section.value("regex_parser"))
        self._regex = custom.regex if custom and custom.regex else None
        self._pods = {(pod.namespace, pod.name): pod for pod in setting.world.pods}
        self._cache: dict[tuple[bytes | None, ...], Metadata] = {}
        if flag(section, "dummy_meta"):
            _refuse_dummies(setting)

    def by_tag(self, tag: bytes) -> Metadata | None:
        """None when the tag names no pod: only the prefix's length is cut off, it is never compared."""
        if self._prefix + 1 >= len(tag):
            return None
        return self._look_up((self._regex or _BY_TAG).named(tag[self._prefix :]))

    def by_name(self, name: bytes) -> Metadata | None:
        """The pod of a journal entry, by its CONTAINER_NAME."""
        return self._look_up((self._regex or _BY_JOURNAL).named(name))

    def _look_up(self, groups: list[tuple[bytes, bytes]] | None) -> Metadata | None:
        if groups is None:
            return None
        named = {name.decode(): value for name, value in reversed(groups) if value}
        section = self._setting.section
        namespaced = flag(section, "namespace_labels") or flag(section, "namespace_annotations")
        if flag(section, "namespace_metadata_only"):
            if not namespaced:
                return None
            found = Metadata()
        else:
            found = self._cached(named)
        if namespaced and (namespace := self._namespace_map(named)):
            found = replace(found, maps=Map([*found.maps, (b"kubernetes_namespace", namespace)]))
        return found

    def _cached(self, named: Mapping[str, bytes]) -> Metadata:
        """What was found first for a container counts for its later files: a restarted one keeps the old docker_id."""
        names = ["namespace_name", "pod_name", "container_name"]
        if flag(self._setting.section, "cache_use_docker_id"):
            names.append("docker_id")
        key = tuple(named.get(name) for name in names)
        if key not in self._cache:
            found = self._of_pod(named)
            if not found.maps or None in key[:2]:
                return found
            self._cache[key] = found
        return self._cache[key]

    def _of_pod(self, named: Mapping[str, bytes]) -> Metadata:
        if flag(self._setting.section, "use_tag_for_meta"):
            return Metadata(Map([(b"kubernetes", _from_tag(named))]))
        pod = self._pod(named)
        if pod is None:
            return Metadata()
        return self._with_wishes(Map([(b"kubernetes", self._pod_map(pod, named))]), pod, named)

    def _pod(self, named: Mapping[str, bytes]) -> Pod | None:
        name, namespace = named.get("pod_name", b""), named.get("namespace_name", b"")
        return self._pods.get((namespace.decode("utf-8", "replace"), name.decode("utf-8", "replace")))

    def _pod_map(self, pod: Pod, named: Mapping[str, bytes]) -> Map:
        section = self._setting.section
        result = Map((key.encode(), named[key]) for key in ("pod_name", "namespace_name") if key in named)
        _add(result, "pod_id", pod.uid)
        if flag(section, "labels", True) and "labels" not in pod.omitted:
            result.append((b"labels", _texts(pod.labels)))
        if flag(section, "annotations", True) and "annotations" not in pod.omitted:
            result.append((b"annotations", _texts(pod.annotations)))
        if flag(section, "owner_references") and pod.owner_references:
            result.append((b"ownerReferences", [_value(owner) for owner in pod.owner_references]))
        _add(result, "host", pod.node)
        _add(result, "pod_ip", pod.ip)
        result.extend(self._container_pairs(pod, named))
        return result

    @staticmethod
    def _container_pairs(pod: Pod, named: Mapping[str, bytes]) -> Iterator[tuple[bytes, Value]]:
        name = named.get("container_name", b"")
        container = _container(pod, name.decode("utf-8", "replace"))
        if name:
            yield b"container_name", name
        identifier = named.get("docker_id") or container.identifier.encode()
        if identifier:
            yield b"docker_id", identifier
        digest = named.get("container_hash") or without_scheme(container.image_id).encode()
        if digest:
            yield b"container_hash", digest
        image = named.get("container_image") or (container.image.encode() if container.started else b"")
        if image:
            yield b"container_image", image

    def _namespace_map(self, named: Mapping[str, bytes]) -> Map | None:
        """None when the API does not know it."""
        name = named.get("namespace_name", b"")
        text = name.decode("utf-8", "replace")
        found = next((one for one in self._setting.world.namespaces if one.name == text), None)
        if found is None:
            return None
        result = Map([(b"name", name)])
        for key, values in (("labels", found.labels), ("annotations", found.annotations)):
            if flag(self._setting.section, f"namespace_{key}") and key not in found.omitted:
                result.append((key.encode(), _texts(values)))
        return result

    def _with_wishes(self, maps: Map, pod: Pod, named: Mapping[str, bytes]) -> Metadata:
        section = self._setting.section
        wishes = _Wishes(named.get("container_name", b"").decode("utf-8", "replace"))
        for key, value in pod.annotations.items():
            if not key.startswith(_ANNOTATION):
                continue
            wish = key.removeprefix(_ANNOTATION)
            if wish.startswith("parser"):
                if flag(section, "k8s-logging.parser") and value in self._setting.parsers:
                    wishes.note(wish.removeprefix("parser"), value, wishes.parsers)
            elif wish.startswith("exclude") and flag(section, "k8s-logging.exclude"):
                wishes.note(wish.removeprefix("exclude"), is_true(value), wishes.excluded)
        return Metadata(maps, wishes.excluded, wishes.parsers)


class _Wishes:
    """Annotations in order: the first one of a kind counts, but one for the container always does."""

    def __init__(self, container: str) -> None:
        self.container = container
        self.parsers: dict[str, str] = {}
        self.excluded: dict[str, bool] = {}

    def note(self, rest: str, value: _T, into: dict[str, _T]) -> None:
        streams: tuple[str, ...] = ("stdout", "stderr")
        if rest.startswith("_"):
            stream = next((name for name in streams if rest[1:].startswith(name)), None)
            if stream is None:
                return
            streams, rest = (stream,), rest[1 + len(stream) :]
        specific = rest.startswith("-")
        if rest and (not specific or rest == "-"):
            return
        if specific and not self.container.startswith(rest[1:]):
            return
        for stream in streams:
            if specific or stream not in into:
                into[stream] = value


def _refuse_dummies(setting: Setting) -> None:
    found = setting.section.last("dummy_meta")
    raise Refused(
        "fluentbit/kubernetes-dummy-meta", "Dummy_Meta makes metadata up, with the time of the clock in it",
        found.span if found else setting.section.span, "leave Dummy_Meta out of the configuration that is simulated",
    )  # fmt: skip


def without_scheme(image_id: str) -> str:
    """``docker-pullable://image@sha256:…`` without its scheme; empty when it has no colon."""
    before, colon, after = image_id.partition(":")
    if not colon:
        return ""
    rest = after.lstrip("/")
    return rest if rest != after else before + colon + after


def _container(pod: Pod, name: str) -> Container:
    return next((container for container in pod.containers if container.name == name), Container(name))


def _from_tag(named: Mapping[str, bytes]) -> Map:
    keys = ("pod_name", "namespace_name", "container_name", "docker_id")
    return Map((key.encode(), named[key]) for key in keys if key in named)


def _add(result: Map, key: str, value: str) -> None:
    if value:
        result.append((key.encode(), value.encode("utf-8", "surrogateescape")))


def _texts(values: Mapping[str, str]) -> Map:
    return Map((key.encode(), value.encode("utf-8", "surrogateescape")) for key, value in values.items())


def _value(value: object) -> Value:
    """Plain JSON values of the API as values of a record."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, Mapping):
        return Map((str(key).encode(), _value(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value if isinstance(value, bool | int | float) else None
