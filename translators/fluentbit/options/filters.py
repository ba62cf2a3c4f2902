"""The options of the filters and processors of Fluent Bit v5.1.1, by its own tables: an unknown key stops it."""

from __future__ import annotations

FILTERS: dict[str, str] = {
    "alter_size": "add:i remove:i",
    "aws": (
        "imds_version az:b ec2_instance_id:b ec2_instance_type:b private_ip:b vpc_id:b ami_id:b account_id:b "
        "hostname:b tags_enabled:b tags_include tags_exclude retry_interval_s:i enable_entity:b"
    ),
    "checklist": "file mode print_query_time:b ignore_case:b lookup_key record:2+",
    "ecs": (
        "add:+ ecs_tag_prefix cluster_metadata_only:b ecs_meta_cache_ttl:t ecs_meta_host ecs_meta_port:i "
        "agent_endpoint_retries:i"
    ),
    "expect": "key_exists:+ key_not_exists:+ key_val_is_null:+ key_val_is_not_null:+ key_val_eq:1+ action result_key",
    "geoip2": "database lookup_key:+ record:+",
    "grep": "regex:+ exclude:+ logical_op",
    "kubernetes": (
        "buffer_size:s tls.debug:i tls.verify:b tls.vhost tls.verify_hostname:b merge_log:b merge_parser "
        "merge_log_key merge_log_trim:b keep_log:b kube_url kube_meta_preload_cache_dir kube_ca_file kube_ca_path "
        "kube_tag_prefix kube_namespace_file kube_token_file kube_token_command labels:b annotations:b "
        "owner_references:b namespace_labels:b namespace_annotations:b namespace_metadata_only:b "
        "k8s-logging.parser:b k8s-logging.exclude:b use_journal:b regex_parser dummy_meta:b dns_retries:i "
        "dns_wait_time:t cache_use_docker_id:b use_tag_for_meta:b use_kubelet:b kubelet_host kubelet_port:i "
        "kube_token_ttl:t kube_meta_cache_ttl:t kube_meta_namespace_cache_ttl:t aws_use_pod_association:b "
        "use_pod_association:b aws_pod_association_host aws_pod_association_endpoint aws_pod_association_port:i "
        "aws_pod_service_map_ttl:i aws_pod_service_map_refresh_interval:i aws_pod_service_preload_cache_dir "
        "aws_pod_association_host_server_ca_file aws_pod_association_host_client_cert_file "
        "aws_pod_association_host_client_key_file aws_pod_association_host_tls_debug:i "
        "aws_pod_association_host_tls_verify:b set_platform"
    ),
    "log_to_metrics": (
        "regex:+ exclude:+ metric_mode value_field metric_name metric_namespace metric_subsystem "
        "metric_description kubernetes_mode:b add_label:+ label_field:+ bucket:+ tag emitter_name "
        "emitter_mem_buf_limit:s flush_interval_sec:i flush_interval_nsec:i discard_logs:b"
    ),
    "lua": "script code call type_int_key type_array_key protected_mode:b time_as_table:b enable_flb_null:b",
    "modify": (
        "Set:+ Add:+ Remove:+ Remove_wildcard:+ Remove_regex:+ Move_To_Start:+ Move_To_End:+ Rename:+ "
        "Hard_Rename:+ Copy:+ Hard_copy:+ Condition:+"
    ),
    "multiline": (
        "debug_flush:b buffer:b mode flush_ms:i multiline.parser:c+ multiline.key_content emitter_name "
        "emitter_storage.type emitter_mem_buf_limit:s"
    ),
    "nest": "Operation Wildcard:+ Nest_under Nested_under Add_prefix Remove_prefix",
    "nightfall": "nightfall_api_key policy_id sampling_rate:d tls.debug:i tls.verify:b tls.vhost tls.ca_path",
    "parser": "Key_Name Parser:+ Preserve_Key:b Reserve_Data:b Unescape_key:x",
    "record_modifier": "record:2+ remove_key:+ allowlist_key:+ whitelist_key:+ uuid_key",
    "rewrite_tag": "rule:4+ emitter_name emitter_storage.type emitter_mem_buf_limit:s",
    "stdout": "",
    "sysinfo": "fluentbit_version_key os_name_key hostname_key os_version_key kernel_version_key",
    "tensorflow": "model_file input_field include_input_fields:b normalization_value:d",
    "throttle": "rate:d window:i print_status:b interval",
    "throttle_size": "",
    "type_converter": "int_key:3+ uint_key:3+ float_key:3+ str_key:3+",
    "wasm": "event_format wasm_path accessible_paths:c function_name wasm_heap_size:s wasm_stack_size:s",
}

PROCESSORS: dict[str, str] = {
    "content_modifier": "context action key value pattern converted_type",
    "cumulative_to_delta": "initial_value drop_first:b drop_on_reset:b max_staleness:t max_series:i",
    "labels": "update:1+ insert:1+ upsert:1+ delete:+ hash:+",
    "metrics_selector": "metric_name:+ context:+ action label operation_type",
    "opentelemetry_envelope": "",
    "sampling": (
        "decision_wait:t max_traces:i legacy_reconcile:b type debug:b sampling_settings:v conditions:v "
        "sampling_percentage:i"
    ),
    "sql": "query",
    "tda": "window_size:i min_points:i embed_dim:i embed_delay:i threshold:d",
    "template": "test",
}
