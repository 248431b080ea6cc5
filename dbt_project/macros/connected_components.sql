{#-
  The smallest node that each node of a bipartite graph can reach. `edges` is a relation or CTE with the
  columns node (integer) and hub (any type); two nodes are joined when they share a hub.

  Each round takes the smallest label over a node's hubs and then the label of that label, so that the
  distance covered doubles: `rounds` settle chains of 2^rounds nodes. Ends with CTE `components`
  (node, component). A test must show that no hub still joins two components.
-#}
{% macro connected_components(edges, rounds=6) %}
labels_0 as (

    select distinct
        node,
        node as label
    from {{ edges }}

),
{% for round in range(1, rounds + 1) %}
hubs_{{ round }} as (

    select
        edges.hub,
        min(labels.label) as label
    from {{ edges }} as edges
    inner join labels_{{ round - 1 }} as labels
        on edges.node = labels.node
    group by edges.hub

),

reached_{{ round }} as (

    select
        edges.node,
        min(hubs.label) as label
    from {{ edges }} as edges
    inner join hubs_{{ round }} as hubs
        on edges.hub = hubs.hub
    group by edges.node

),

labels_{{ round }} as (

    select
        reached.node,
        least(reached.label, further.label) as label
    from reached_{{ round }} as reached
    inner join reached_{{ round }} as further
        on reached.label = further.node

),
{% endfor %}
components as (

    select
        node,
        label as component
    from labels_{{ rounds }}

)
{%- endmacro %}
