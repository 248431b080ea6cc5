{{ resolve_versions(ref('int_members_unioned'), ['source', 'account_id']) }}
