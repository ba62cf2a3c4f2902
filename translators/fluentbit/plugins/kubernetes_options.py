"""Options of the kubernetes filter that mean the same whatever their value."""

from __future__ import annotations

from translators.fluentbit.ledger import Options, approximate, equivalent, exact, harmless

_FETCH = harmless("how Fluent Bit asks the API: the agents watch it with their own account")
_ENTITY = harmless("only CloudWatch's entity of a log event is made of it")

OPTIONS: Options = {
    "match": exact("decides which records come here"),
    "match_regex": equivalent("decides which records come here"),
    "alias": harmless("a name in Fluent Bit's own log and metrics"),
    "log_level": harmless("Fluent Bit's own log"),
    "namespace_metadata_only": approximate("the pod's names come as well"),
    "kube_url": _FETCH,
    "kube_ca_file": _FETCH,
    "kube_ca_path": _FETCH,
    "kube_token_file": _FETCH,
    "kube_token_command": _FETCH,
    "kube_token_ttl": _FETCH,
    "kube_namespace_file": _FETCH,
    "kube_meta_cache_ttl": _FETCH,
    "kube_meta_namespace_cache_ttl": _FETCH,
    "kube_meta_preload_cache_dir": _FETCH,
    "buffer_size": _FETCH,
    "tls.debug": _FETCH,
    "tls.verify": _FETCH,
    "tls.vhost": _FETCH,
    "tls.verify_hostname": _FETCH,
    "dns_retries": _FETCH,
    "dns_wait_time": _FETCH,
    "use_kubelet": _FETCH,
    "kubelet_host": _FETCH,
    "kubelet_port": _FETCH,
    "cache_use_docker_id": _FETCH,
    "use_journal": approximate("pods are told by their files, not by the journal"),
    "regex_parser": approximate("the pod is told by the file's usual name, not by this expression"),
    "use_tag_for_meta": equivalent("the same names, from the API"),
    "dummy_meta": approximate("the real pod's names come instead of made up ones"),
    "set_platform": _ENTITY,
    "aws_use_pod_association": _ENTITY,
    "use_pod_association": _ENTITY,
    "aws_pod_association_host": _ENTITY,
    "aws_pod_association_endpoint": _ENTITY,
    "aws_pod_association_port": _ENTITY,
    "aws_pod_service_map_ttl": _ENTITY,
    "aws_pod_service_map_refresh_interval": _ENTITY,
    "aws_pod_service_preload_cache_dir": _ENTITY,
    "aws_pod_association_host_server_ca_file": _ENTITY,
    "aws_pod_association_host_client_cert_file": _ENTITY,
    "aws_pod_association_host_client_key_file": _ENTITY,
    "aws_pod_association_host_tls_debug": _ENTITY,
    "aws_pod_association_host_tls_verify": _ENTITY,
}

MAPS: Options = {
    "labels": approximate(
        "pod labels other than the app are not copied to each entry", "name those you need in the labels file"
    ),
    "annotations": approximate("annotations are not copied to each entry", "name those you need in the labels file"),
    "owner_references": approximate("the app label tells the controller's name, nothing else of it"),
    "namespace_labels": approximate("labels of the namespace are not copied to each entry"),
    "namespace_annotations": approximate("annotations of the namespace are not copied to each entry"),
}
"""Maps that the filter puts into each record when it is told to, or by default."""
