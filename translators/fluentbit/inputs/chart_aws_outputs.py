"""The outputs of the chart aws-for-fluent-bit: plugin, default values, and which value becomes which key."""

from __future__ import annotations

from translators.fluentbit.yaml_syntax import Plain

_Properties = tuple[tuple[str, str, bool], ...]


def _keys(required: str, optional: str) -> _Properties:
    """``key=value`` words; a required one is always written, an optional one when its value is true."""
    pairs = [(*word.split("=", 1), False) for word in required.split()]
    pairs += [(*word.split("=", 1), True) for word in optional.split()]
    return tuple(pairs)  # type: ignore[arg-type]


_REGION = "us-east-1"
_GROUP: dict[str, Plain] = {
    "match": "*",
    "region": _REGION,
    "logGroupName": "/aws/eks/fluentbit-cloudwatch/logs",
    "logStreamPrefix": "fluentbit-",
    "autoCreateGroup": True,
}

OUTPUTS: dict[str, tuple[str, dict[str, Plain], _Properties]] = {
    "cloudWatch": (
        "cloudwatch",
        {"enabled": False, **_GROUP, "credentialsEndpoint": {}},
        _keys(
            "Match=match region=region log_group_name=logGroupName",
            "log_stream_name=logStreamName log_stream_prefix=logStreamPrefix log_key=logKey log_format=logFormat "
            "log_retention_days=logRetentionDays role_arn=roleArn auto_create_group=autoCreateGroup endpoint=endpoint "
            "credentials_endpoint=credentialsEndpoint",
        ),
    ),
    "cloudWatchLogs": (
        "cloudwatch_logs",
        {"enabled": True, **_GROUP},
        _keys(
            "Match=match region=region log_group_name=logGroupName",
            "log_group_template=logGroupTemplate log_stream_name=logStreamName log_stream_prefix=logStreamPrefix "
            "log_stream_template=logStreamTemplate log_key=logKey log_format=logFormat role_arn=roleArn "
            "auto_create_group=autoCreateGroup log_retention_days=logRetentionDays endpoint=endpoint "
            "metric_namespace=metricNamespace metric_dimensions=metricDimensions sts_endpoint=stsEndpoint "
            "auto_retry_requests=autoRetryRequests external_id=externalId",
        ),
    ),
    "firehose": (
        "firehose",
        {"enabled": False, "match": "*", "region": _REGION, "deliveryStream": "my-stream"},
        _keys(
            "Match=match region=region delivery_stream=deliveryStream",
            "data_keys=dataKeys role_arn=roleArn endpoint=endpoint time_key=timeKey time_key_format=timeKeyFormat",
        ),
    ),
    "kinesis": (
        "kinesis",
        {
            "enabled": False,
            "match": "*",
            "region": _REGION,
            "stream": "my-kinesis-stream-name",
            "partitionKey": "container_id",
        },
        _keys(
            "Match=match region=region stream=stream",
            "partition_key=partitionKey append_newline=appendNewline replace_dots=replaceDots data_keys=dataKeys "
            "role_arn=roleArn endpoint=endpoint sts_endpoint=stsEndpoint time_key=timeKey "
            "time_key_format=timeKeyFormat aggregation=aggregation compression=compression "
            "experimental_concurrency=experimental.concurrency "
            "experimental_concurrency_retries=experimental.concurrencyRetries",
        ),
    ),
    "kinesis_streams": (
        "kinesis_streams",
        {"enabled": False, "match": "*", "region": _REGION, "stream": "my-kinesis-stream-name"},
        _keys(
            "Match=match region=region stream=stream",
            "role_arn=role_arn endpoint=endpoint sts_endpoint=sts_endpoint time_key=time_key "
            "time_key_format=time_key_format time_key_format=external_id time_key_format=auto_retry_requests "
            "log_key=log_key",
        ),
    ),
    "elasticsearch": (
        "es",
        {
            "enabled": False,
            "match": "*",
            "awsRegion": _REGION,
            "awsAuth": "On",
            "tls": "On",
            "port": "443",
            "retryLimit": 6,
            "replaceDots": "On",
        },
        _keys(
            "Match=match AWS_Region=awsRegion AWS_Auth=awsAuth",
            "Host=host Port=port TLS=tls Retry_Limit=retryLimit Replace_Dots=replaceDots "
            "Suppress_Type_Name=suppressTypeName",
        ),
    ),
    "s3": (
        "s3",
        {
            "enabled": False,
            "match": "*",
            "region": _REGION,
            "jsonDateKey": "date",
            "jsonDateFormat": "iso8601",
            "totalFileSize": "100M",
            "uploadChunkSize": "6M",
            "uploadTimeout": "10m",
            "storeDir": "/tmp/fluent-bit/s3",  # noqa: S108 - the chart's default
            "storeDirLimitSize": 0,
            "s3KeyFormat": "/pod-logs/$TAG/%Y-%m-%d/%H-%M-%S",
            "staticFilePath": False,
            "usePutObject": False,
            "sendContentMd5": False,
            "autoRetryRequests": True,
            "preserveDataOrdering": True,
            "retryLimit": 1,
        },
        _keys(
            "Match=match bucket=bucket region=region",
            "json_date_key=jsonDateKey json_date_format=jsonDateFormat total_file_size=totalFileSize "
            "upload_chunk_size=uploadChunkSize upload_timeout=uploadTimeout store_dir=storeDir "
            "store_dir_limit_size=storeDirLimitSize s3_key_format=s3KeyFormat "
            "s3_key_format_tag_delimiters=s3KeyFormatTagDelimiters static_file_path=staticFilePath "
            "use_put_object=usePutObject role_arn=roleArn endpoint=endpoint sts_endpoint=stsEndpoint "
            "canned_acl=cannedAcl compression=compression content_type=contentType send_content_md5=sendContentMd5 "
            "auto_retry_requests=autoRetryRequests log_key=logKey preserve_data_ordering=preserveDataOrdering "
            "storage_class=storageClass retry_limit=retryLimit external_id=externalId",
        ),
    ),
    "opensearch": (
        "opensearch",
        {
            "enabled": False,
            "match": "*",
            "port": "443",
            "tls": "on",
            "bufferSize": "5m",
            "awsRegion": _REGION,
            "awsAuth": "On",
            "index": "aws-fluent-bit",
            "type": "_doc",
            "logstashFormat": "off",
            "logstashPrefix": "logstash",
            "logstashDateFormat": "%Y.%m.%d",
            "timeKey": "@timestamp",
            "timeKeyFormat": "%Y-%m-%dT%H:%M:%S",
            "timeKeyNanos": "Off",
            "includeTagKey": "Off",
            "tagKey": "_flb-key",
            "generateId": "Off",
            "writeOperation": "create",
            "replaceDots": "Off",
            "traceOutput": "Off",
            "traceError": "Off",
            "currentTimeIndex": "Off",
            "suppressTypeName": "On",
        },
        _keys(
            "Match=match",
            "AWS_Region=awsRegion AWS_Auth=awsAuth Host=host Port=port tls=tls Path=path Buffer_Size=bufferSize "
            "Pipeline=pipeline AWS_STS_Endpoint=awsStsEndpoint AWS_Role_ARN=awsRoleArn AWS_External_ID=awsExternalId "
            "AWS_Service_Name=awsServiceName HTTP_User=httpUser HTTP_Passwd=httpPasswd Index=index Type=type "
            "Logstash_Format=logstashFormat Logstash_Prefix=logstashPrefix Logstash_DateFormat=logstashDateFormat "
            "Time_Key=timeKey Time_Key_Format=timeKeyFormat Time_Key_Nanos=timeKeyNanos "
            "Include_Tag_Key=includeTagKey Tag_Key=tagKey Generate_ID=generateId Id_Key=idKey "
            "Write_Operation=writeOperation Replace_Dots=replaceDots Trace_Output=traceOutput "
            "Trace_Error=traceError Current_Time_Index=currentTimeIndex Logstash_Prefix_Key=logstashPrefixKey "
            "Suppress_Type_Name=suppressTypeName",
        ),
    ),
}
