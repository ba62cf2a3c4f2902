"""The options of the outputs of Fluent Bit v5.1.1, read from its own tables, since an unknown key stops it."""

from __future__ import annotations

OUTPUTS: dict[str, str] = {
    "azure": "customer_id shared_key log_type log_type_key time_key time_generated:b",
    "azure_blob": (
        "account_name container_name auto_create_container:b blob_type compress compress_blob:b emulator_mode:b "
        "shared_key endpoint path date_key auth_type sas_token database_file part_size:s "
        "file_delivery_attempt_limit:i part_delivery_attempt_limit:i upload_parts_timeout:t "
        "upload_part_freshness_limit:t configuration_endpoint_url configuration_endpoint_username "
        "configuration_endpoint_password configuration_endpoint_bearer_token buffering_enabled:b buffer_dir "
        "upload_timeout:t upload_file_size:s azure_blob_buffer_key store_dir_limit_size:s "
        "buffer_file_delete_early:b blob_uri_length:i unify_tag:b scheduler_max_retries:i "
        "delete_on_max_upload_error:b io_timeout:t"
    ),
    "azure_kusto": (
        "tenant_id client_id client_secret workload_identity_token_file auth_type ingestion_endpoint "
        "database_name table_name ingestion_mapping_reference log_key include_tag_key:b tag_key "
        "include_time_key:b time_key ingestion_endpoint_connect_timeout:t compression_enabled:b "
        "ingestion_resources_refresh_interval:t buffering_enabled:b buffer_dir upload_timeout:t "
        "upload_file_size:s azure_kusto_buffer_key store_dir_limit_size:s buffer_file_delete_early:b unify_tag:b "
        "blob_uri_length:i scheduler_max_retries:i delete_on_max_upload_error:b io_timeout:t"
    ),
    "azure_logs_ingestion": (
        "tenant_id client_id client_secret auth_url dce_url dcr_id table_name time_key time_generated:b compress:b"
    ),
    "bigquery": (
        "google_service_credentials enable_identity_federation:b aws_region project_number pool_id provider_id "
        "google_service_account service_account_email service_account_secret project_id dataset_id table_id "
        "skip_invalid_rows:b ignore_unknown_values:b"
    ),
    "calyptia": (
        "cloud_host cloud_port:i api_key machine_id fleet_id store_path add_label:1+ pipeline_id "
        "register_retry_on_flush:b"
    ),
    "chronicle": (
        "google_service_credentials service_account_email service_account_secret project_id customer_id log_type "
        "region log_key namespace namespace_key label:1+"
    ),
    "cloudwatch_logs": (
        "region log_group_name log_stream_name log_stream_prefix log_group_template log_stream_template log_key "
        "extra_user_agent log_format role_arn auto_create_group:b auto_retry_requests:b log_retention_days:i "
        "endpoint sts_endpoint external_id metric_namespace metric_dimensions profile log_group_class "
        "add_entity:b"
    ),
    "counter": "",
    "datadog": (
        "compress header:1+ apikey dd_service dd_source dd_tags dd_hostname proxy include_tag_key:b tag_key "
        "dd_message_key provider json_date_key"
    ),
    "es": (
        "index type suppress_type_name:b http_user http_passwd http_api_key compress cloud_id cloud_auth upstream "
        "aws_auth:b aws_region aws_sts_endpoint aws_role_arn aws_external_id aws_service_name aws_profile "
        "logstash_format:b logstash_prefix logstash_prefix_separator logstash_prefix_key logstash_dateformat "
        "time_key time_key_format time_key_nanos:b include_tag_key:b tag_key buffer_size:s path pipeline "
        "generate_id:b write_operation id_key replace_dots:b current_time_index:b trace_output:b trace_error:b"
    ),
    "exit": "flush_count:i record_count:i time_count:i",
    "file": (
        "path file enable_strftime:b max_dynamic_files:i on_missing_field on_limit_reached fallback_path "
        "fallback_file format delimiter label_delimiter template csv_column_names:b mkdir:b rotate:b "
        "rotate_max_size:s rotate_max_files:i rotate_gzip:b"
    ),
    "flowcounter": "unit event_based:b",
    "forward": (
        "time_as_integer:b retain_metadata_in_forward_mode:b shared_key self_hostname empty_shared_key:b "
        "send_options:b require_ack_response:b username password unix_path upstream tag compress fluentd_compat:b "
        "add_option:2+"
    ),
    "gcs": (
        "bucket gcs_key_format gcs_key_format_tag_delimiters static_file_path:b canned_acl upload_timeout:t "
        "send_content_md5:b preserve_data_ordering:b store_chunk_limit:i store_dir_limit_size:s content_type "
        "google_service_credentials store_dir compression"
    ),
    "gelf": (
        "mode gelf_tag_key gelf_short_message_key gelf_timestamp_key gelf_host_key gelf_full_message_key "
        "gelf_level_key packet_size:i compress:b"
    ),
    "http": (
        "proxy allow_duplicated_headers:b log_response_payload:b http.response_timeout:t http.read_idle_timeout:t "
        "http_user http_passwd oauth2.enable:b oauth2.token_url oauth2.client_id oauth2.client_secret "
        "oauth2.user_agent oauth2.scope oauth2.audience oauth2.resource oauth2.auth_method oauth2.jwt_key_file "
        "oauth2.jwt_cert_file oauth2.jwt_aud oauth2.jwt_header oauth2.jwt_ttl_seconds:i "
        "oauth2.refresh_skew_seconds:i oauth2.timeout:t oauth2.connect_timeout:t aws_auth:b aws_service "
        "aws_region aws_sts_endpoint aws_role_arn aws_external_id aws_profile "
        "header_tag format json_date_format json_date_key compress header:1+ uri http_method gelf_timestamp_key "
        "gelf_host_key gelf_short_message_key gelf_full_message_key gelf_level_key body_key headers_key"
    ),
    "influxdb": (
        "database bucket org sequence_tag uri http_user http_passwd http_token http_header:1+ auto_tags:b "
        "tag_keys add_integer_suffix:b"
    ),
    "kafka": (
        "topic_key dynamic_topic:b format otlp_logs_partition_by_resource:b message_key message_key_field "
        "timestamp_key timestamp_format queue_full_retries:i gelf_timestamp_key gelf_host_key "
        "gelf_short_message_key gelf_full_message_key gelf_level_key schema_str schema_id:i schema_registry_url "
        "schema.registry.url schema_registry_subject schema.registry.subject schema_registry_version "
        "schema.registry.version schema_registry_http_user schema.registry.http.user schema_registry_http_passwd "
        "schema.registry.http.password schema_registry_bearer_token schema.registry.bearer.token "
        "schema_registry_framing serializer.framing topics brokers client_id group_id rdkafka.:p raw_log_key "
        "aws_msk_iam_cluster_arn aws_msk_iam:b"
    ),
    "kafka-rest": (
        "message_key time_key topic url_path partition:d time_key_format include_tag_key:b tag_key avro_http_header:b"
    ),
    "kinesis_firehose": (
        "region delivery_stream time_key time_key_format role_arn endpoint sts_endpoint external_id compression "
        "log_key auto_retry_requests:b profile simple_aggregation:b"
    ),
    "kinesis_streams": (
        "region stream time_key time_key_format role_arn endpoint sts_endpoint external_id log_key "
        "auto_retry_requests:b profile simple_aggregation:b compression"
    ),
    "lib": "format max_records:i data_mode",
    "logdna": (
        "logdna_host logdna_port:i logdna_endpoint api_key hostname mac ip tags:c file app exclude_promoted_keys:b"
    ),
    "loki": (
        "uri tenant_id tenant_id_key tenant_id_key_error_handling labels:c structured_metadata:c "
        "structured_metadata_map_keys:c auto_kubernetes_labels:b drop_single_key label_keys:c remove_keys:c "
        "line_format label_map_path http_user http_passwd buffer_size:s bearer_token header:1+ compress"
    ),
    "nats": "",
    "nrlogs": "base_uri api_key license_key compress",
    "null": "format json_date_format json_date_key",
    "opensearch": (
        "index type suppress_type_name:b http_user http_passwd aws_auth:b aws_region aws_profile aws_sts_endpoint "
        "aws_role_arn aws_external_id aws_service_name logstash_format:b logstash_prefix "
        "logstash_prefix_separator logstash_prefix_key logstash_dateformat time_key time_key_format "
        "time_key_nanos:b include_tag_key:b tag_key buffer_size:s path pipeline generate_id:b write_operation "
        "id_key replace_dots:b current_time_index:b trace_output:b trace_error:b compress"
    ),
    "opentelemetry": (
        "add_label:1+ http2 grpc:b proxy http_user http_passwd aws_auth:b aws_service "
        "aws_region aws_sts_endpoint aws_role_arn aws_external_id aws_profile "
        "header:1+ metrics_uri grpc_metrics_uri batch_size:i compress logs_max_resources:i logs_max_scopes:i logs_uri "
        "grpc_logs_uri logs_body_key:+ logs_body_key_attributes:b traces_uri grpc_traces_uri profiles_uri "
        "grpc_profiles_uri "
        "log_response_payload:b logs_metadata_key logs_observed_timestamp_metadata_key "
        "logs_timestamp_metadata_key logs_severity_text_metadata_key logs_severity_number_metadata_key "
        "logs_trace_flags_metadata_key logs_span_id_metadata_key logs_trace_id_metadata_key "
        "logs_attributes_metadata_key logs_instrumentation_scope_metadata_key logs_resource_metadata_key "
        "logs_span_id_message_key logs_trace_id_message_key logs_severity_text_message_key "
        "logs_severity_number_message_key"
    ),
    "oracle_log_analytics": (
        "config_file_location profile_name oci_config_in_record:b uri oci_la_log_group_id oci_la_log_set_id "
        "oci_la_entity_id oci_la_entity_type oci_la_log_source_name oci_la_log_path oci_la_global_metadata:2+ "
        "oci_la_metadata:2+ namespace proxy"
    ),
    "pgsql": "",
    "plot": "key file",
    "prometheus_exporter": "add_timestamp:b add_label:1+",
    "prometheus_remote_write": (
        "add_label:1+ proxy http_user http_passwd compression aws_auth:b aws_service "
        "aws_region aws_sts_endpoint aws_role_arn aws_external_id aws_profile "
        "header:1+ uri log_response_payload:b"
    ),
    "retry": "retry:i",
    "s3": (
        "format json_date_format json_date_key total_file_size:s upload_chunk_size:s upload_timeout:t bucket "
        "region role_arn endpoint sts_endpoint canned_acl compression content_type store_dir "
        "store_dir_limit_size:s quarantine_dir_limit_size:s s3_key_format s3_key_format_tag_delimiters "
        "auto_retry_requests:b use_put_object:b send_content_md5:b preserve_data_ordering:b "
        "retry_exhausted_action log_key external_id static_file_path:b storage_class profile blob_database_file "
        "part_size:s file_delivery_attempt_limit:i part_delivery_attempt_limit:i upload_parts_timeout:t "
        "upload_part_freshness_limit:t authorization_endpoint_url authorization_endpoint_username "
        "authorization_endpoint_password authorization_endpoint_bearer_token"
    ),
    "skywalking": "auth_token svc_name svc_inst_name",
    "slack": "webhook",
    "splunk": (
        "compress http_user http_passwd http_buffer_size:s http_debug_bad_request:b event_key event_host "
        "event_source event_sourcetype event_sourcetype_key event_index event_index_key event_field:2+ "
        "splunk_token splunk_send_raw:b auto_extract_timestamp:b channel"
    ),
    "stackdriver": (
        "google_service_credentials metadata_server service_account_email service_account_secret "
        "export_to_project_id project_id_key resource severity_key autoformat_stackdriver_trace:b trace_key "
        "span_id_key trace_sampled_key log_name_key http_request_key k8s_cluster_name k8s_cluster_location "
        "location namespace node_id job task_id compress labels:c labels_key tag_prefix stackdriver_agent "
        "custom_k8s_regex resource_labels:c text_payload_key test_log_entry_format:b cloud_logging_base_url"
    ),
    "stdout": "format json_date_format json_date_key",
    "syslog": (
        "mode syslog_format syslog_maxsize:s syslog_severity_key syslog_severity_preset:i syslog_facility_key "
        "syslog_facility_preset:i syslog_hostname_key syslog_hostname_preset syslog_appname_key "
        "syslog_appname_preset syslog_procid_key syslog_procid_preset syslog_msgid_key syslog_msgid_preset "
        "syslog_sd_key:+ syslog_message_key allow_longer_sd_id:b"
    ),
    "tcp": "format json_date_format json_date_key raw_message_key",
    "td": "API Database Table Region",
    "udp": "format json_date_format json_date_key raw_message_key",
    "vivo_exporter": "empty_stream_on_read:b stream_queue_size:s http_cors_allow_origin",
    "websocket": "uri format json_date_format json_date_key header:1+",
    "zig_demo": "",
}
