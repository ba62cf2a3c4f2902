"""The options of the inputs of Fluent Bit v5.1.1, read from its own tables, since an unknown key stops it."""

from __future__ import annotations

INPUTS: dict[str, str] = {
    "blob": (
        "path exclude_pattern database_file scan_refresh_interval:t upload_success_action upload_success_suffix "
        "upload_success_message upload_failure_action upload_failure_suffix upload_failure_message"
    ),
    "calyptia_fleet": (
        "api_key config_dir fleet_id fleet_name machine_id max_http_buffer_size:i interval_sec:i interval_nsec:i "
        "fleet_config_legacy_format:b"
    ),
    "collectd": "typesdb",
    "cpu": "pid:i interval_sec:i interval_nsec:i",
    "disk": "interval_sec:i interval_nsec:i dev_name",
    "docker": "interval_sec:i interval_nsec:i include exclude path.sysfs path.containers",
    "docker_events": "unix_path buffer_size:s parser key reconnect.retry_limits:i reconnect.retry_interval:i",
    "dummy": (
        "samples:i dummy metadata rate:i interval_sec:i interval_nsec:i copies:i start_time_sec:i "
        "start_time_nsec:i fixed_timestamp:b flush_on_startup:b test_hang_on_exit:b"
    ),
    "ebpf": "ringbuf_map_name poll_ms:i Trace:+",
    "elasticsearch": "tag_key meta_key hostname version",
    "emitter": "ring_buffer_size:i",
    "event_test": "",
    "event_tracing_windows": (
        "provider_guid provider_name session_name session_type stale_session_action level:i match_any_keyword "
        "match_all_keyword kernel_flags buffer_size:i minimum_buffers:i maximum_buffers:i flush_timer:i"
    ),
    "event_type": "type interval_sec:i interval_nsec:i",
    "exec": (
        "command parser interval_sec:i interval_nsec:i buf_size:s oneshot:b exit_after_oneshot:b propagate_exit_code:b"
    ),
    "exec_wasi": (
        "wasi_path accessible_paths:c parser interval_sec:i interval_nsec:i buf_size:s oneshot:b wasm_heap_size:s "
        "wasm_stack_size:s"
    ),
    "fluentbit_logs": "",
    "fluentbit_metrics": "scrape_interval:t scrape_on_start:b",
    "forward": (
        "tag_prefix shared_key self_hostname security.users:+ unix_path unix_perm buffer_chunk_size:s "
        "buffer_max_size:s empty_shared_key:b workers:i"
    ),
    "gpu_metrics": (
        "cards_exclude cards_include enable_power:b enable_temperature:b enable_nvml:b path_sysfs scrape_interval:t"
    ),
    "head": "file key buf_size:s split_line:b lines:i add_path:b interval_sec:i interval_nsec:i",
    "health": "alert:b add_host:b add_port:b interval_sec:i interval_nsec:i",
    "http": (
        "add_remote_addr:b remote_addr_key success_header:1+ tag_key successful_response_code:i "
        "enable_health_endpoint:b"
    ),
    "kafka": (
        "poll_ms:i topics format brokers client_id group_id rdkafka.:p buffer_max_size:s poll_timeout_ms:i "
        "enable_auto_commit:b aws_msk_iam_cluster_arn aws_msk_iam:b"
    ),
    "kmsg": "prio_level:i",
    "kubernetes_events": (
        "kube_url interval_sec:i interval_nsec:i kube_watch_timeout:t tls.debug:i tls.verify:b tls.vhost "
        "kube_ca_file kube_ca_path kube_token_file kube_token_ttl:t kube_request_limit:i kube_retention_time:t "
        "kube_namespace db db.sync db.locking:b db.journal_mode"
    ),
    "lib": "",
    "mem": "interval_sec:i interval_nsec:i pid:i",
    "mqtt": "payload_key buffer_size:s",
    "netif": "interface interval_sec:i interval_nsec:i verbose:b test_at_init:b",
    "nginx_metrics": "status_url scrape_interval:t nginx_plus:b",
    "node_exporter_metrics": (
        "scrape_interval:t collector.cpu.scrape_interval:t collector.cpufreq.scrape_interval:t "
        "collector.meminfo.scrape_interval:t collector.diskstats.scrape_interval:t "
        "collector.filesystem.scrape_interval:t collector.uname.scrape_interval:t "
        "collector.stat.scrape_interval:t collector.time.scrape_interval:t collector.timex.scrape_interval:t "
        "collector.loadavg.scrape_interval:t collector.vmstat.scrape_interval:t "
        "collector.netdev.scrape_interval:t collector.netstat.scrape_interval:t "
        "collector.sockstat.scrape_interval:t collector.filefd.scrape_interval:t "
        "collector.textfile.scrape_interval:t collector.systemd.scrape_interval:t "
        "collector.processes.scrape_interval:t collector.thermalzone.scrape_interval:t "
        "collector.nvme.scrape_interval:t collector.hwmon.scrape_interval:t metrics:c collector.textfile.path "
        "path.rootfs path.procfs path.sysfs systemd_service_restart_metrics:b systemd_unit_start_time_metrics:b "
        "systemd_include_service_task_metrics:b systemd_include_pattern systemd_exclude_pattern "
        "filesystem.ignore_mount_point_regex filesystem.ignore_filesystem_type_regex "
        "diskstats.ignore_device_regex collector.hwmon.chip-include collector.hwmon.chip-exclude "
        "collector.hwmon.sensor-include collector.hwmon.sensor-exclude"
    ),
    "opentelemetry": (
        "profiles_support:b encode_profiles_as_log:b tag_key tag_from_uri:b successful_response_code:i "
        "raw_traces:b logs_metadata_key logs_body_key"
    ),
    "podman_metrics": "scrape_interval:t scrape_on_start:b path.config path.sysfs path.procfs",
    "proc": "interval_sec:i interval_nsec:i alert:b mem:b fd:b proc_name",
    "process_exporter_metrics": "scrape_interval:t path.procfs process_include_pattern process_exclude_pattern "
    "metrics:c",
    "prometheus_remote_write": "uri tag_from_uri:b successful_response_code:i",
    "prometheus_scrape": "scrape_interval:t buffer_max_size:s metrics_path http_user http_passwd bearer_token",
    "prometheus_textfile": "path:c scrape_interval:t",
    "random": "samples:i interval_sec:i interval_nsec:i",
    "serial": "file bitrate separator format min_bytes:i",
    "splunk": (
        "success_header:1+ splunk_token store_token_in_metadata:b splunk_token_key tag_key add_remote_addr:b "
        "remote_addr_key"
    ),
    "statsd": "metrics:b",
    "stdin": "parser buffer_size:s",
    "storage_backlog": "",
    "stream_processor": "",
    "syslog": (
        "mode path unix_perm buffer_chunk_size:s buffer_max_size:s parser receive_buffer_size:s raw_message_key "
        "source_address_key format"
    ),
    "systemd": (
        "path max_fields:i max_entries:i systemd_filter_type systemd_filter:+ read_from_tail:b lowercase:b "
        "strip_underscores:b db.sync db"
    ),
    "tail": (
        "path:c exclude_path:c key read_from_head:b read_newly_discovered_files_from_head:b refresh_interval "
        "watcher_interval:t progress_check_interval:t progress_check_interval_nsec:i rotate_wait:t docker_mode:b "
        "docker_mode_flush:i docker_mode_parser path_key offset_key ignore_older:t ignore_active_older_files:b "
        "buffer_chunk_size:s buffer_max_size:s static_batch_size:s event_batch_size:s skip_long_lines:b "
        "exit_on_eof:b skip_empty_lines:b truncate_long_lines:b file_cache_advise:b inotify_watcher:b "
        "parser tag_regex db db.sync db.locking:b db.journal_mode db.compare_filename:b "
        "multiline:b multiline_flush:t parser_firstline parser_:p multiline.parser:c+ unicode.encoding "
        "generic.encoding"
    ),
    "tcp": "format separator parser chunk_size buffer_size source_address_key workers:i",
    "thermal": "interval_sec:i interval_nsec:i name_regex type_regex",
    "udp": "format separator parser chunk_size buffer_size source_address_key workers:i",
    "unix_socket": "socket_mode socket_path socket_permissions format separator chunk_size buffer_size",
    "windows_exporter_metrics": (
        "scrape_interval:t enable_collector:+ collector.cpu.scrape_interval:t collector.net.scrape_interval:t "
        "collector.logical_disk.scrape_interval:t collector.cs.scrape_interval:t collector.os.scrape_interval:t "
        "collector.cache.scrape_interval:t collector.thermalzone.scrape_interval:t "
        "collector.cpu_info.scrape_interval:t collector.logon.scrape_interval:t "
        "collector.system.scrape_interval:t collector.service.scrape_interval:t "
        "collector.memory.scrape_interval:t collector.paging_file.scrape_interval:t "
        "collector.process.scrape_interval:t collector.tcp.scrape_interval:t "
        "collector.performancecounter.scrape_interval:t metrics:c we.logical_disk.allow_disk_regex "
        "we.logical_disk.deny_disk_regex we.net.allow_nic_regex we.service.where we.service.include "
        "we.service.exclude we.process.allow_process_regex we.process.deny_process_regex PerformanceCounter:+"
    ),
    "winevtlog": (
        "channels db interval_sec:t interval_nsec:i string_inserts:b event_data_as_map:b "
        "event_template_cache_size:i read_existing_events:b render_event_as_xml:b render_event_as_text:b "
        "render_event_text_key use_ansi:b ignore_missing_channels:b event_query read_limit_per_cycle:s "
        "remote.server remote.domain remote.username remote.password reconnect.base_ms:i reconnect.max_ms:i "
        "reconnect.multiplier reconnect.jitter_pct:i reconnect.max_retries:i"
    ),
    "winlog": "channels db interval_sec:t interval_nsec:i string_inserts:b use_ansi:b",
    "winstat": "interval_sec:t interval_nsec:i",
}
