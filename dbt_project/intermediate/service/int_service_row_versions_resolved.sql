{{ resolve_versions(ref('int_service_rows_unioned'), ['source', 'feed', 'record_id']) }}
