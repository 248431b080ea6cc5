select 'filled by the tests' as description
