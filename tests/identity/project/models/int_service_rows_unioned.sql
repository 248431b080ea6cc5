select 'the rows of a test' as content
