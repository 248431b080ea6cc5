"""What customers will buy: two published models, a plain heuristic beside them, and how wrong each was.

Arrays in, arrays out: no scheduler, no checker, no database. Estimates are floating point; money becomes
DECIMAL again where they are written to a table.
"""
