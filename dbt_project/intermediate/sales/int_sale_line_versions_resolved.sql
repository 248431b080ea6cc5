{{ resolve_versions(ref('int_sale_lines_unioned'), ['source', 'channel', 'receipt_no', 'line_no']) }}
