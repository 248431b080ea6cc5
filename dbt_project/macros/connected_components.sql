{#-
  Who belongs together in a bipartite graph, and how. `edges` is a relation or CTE with the columns node (integer)
  and hub (any type); two nodes are joined when they share a hub. The query that uses these begins `with recursive`.
-#}

{#-
  The smallest node that each node can reach: ends with CTE `components` (node, component), one row per node that
  shares a hub.

  The first steps need no recursion: a node takes the smallest node next to it, and the one that took in turn. That
  settles nearly all. What is still joined under two labels goes on among labels alone: in a round a node, and the
  node it is labelled with, take the smallest label next to it, and the label of that label (Liu and Tarjan, Simple
  Concurrent Labeling Algorithms for Connected Components, 2019). Rounds grow with the logarithm of the longest chain,
  26 for one of 100,000 nodes, and end with the round that changes nothing: there is no length they do not reach.
-#}
{% macro connected_components(edges) -%}
    {{ return(adapter.dispatch('connected_components', 'clientele')(edges)) }}
{%- endmacro %}

{% macro duckdb__connected_components(edges) -%}
hubs as (

    select
        hub,
        min(node) as smallest_node
    from {{ edges }}
    group by hub
    having count(*) > 1

),

links as materialized (

    select distinct
        edges.node,
        hubs.smallest_node as neighbour
    from {{ edges }} as edges
    inner join hubs
        on edges.hub = hubs.hub
    where edges.node <> hubs.smallest_node

),

nearest as (

    select
        node,
        min(neighbour) as label
    from links
    group by node

),

first_labels as materialized (

    select
        ends.node,
        coalesce(further.label, nearest.label, ends.node) as label
    from (
        select node from links
        union
        select neighbour from links
    ) as ends
    left join nearest
        on ends.node = nearest.node
    left join nearest as further
        on nearest.label = further.node

),

bridges as (

    select distinct
        own.label as node,
        other.label as neighbour
    from links
    inner join first_labels as own
        on links.node = own.node
    inner join first_labels as other
        on links.neighbour = other.node
    where own.label <> other.label

),

neighbours as materialized (

    select
        node,
        neighbour
    from bridges
    union
    select
        neighbour,
        node
    from bridges

),

rounds as (

    select distinct
        node,
        node as label,
        true as is_moving
    from neighbours

    union all

    select
        rounds.node,
        least(rounds.label, lowest.label) as label,
        bool_or(lowest.label < rounds.label) over () as is_moving
    from rounds
    inner join (
        select
            node,
            min(label) as label
        from (
            select
                neighbours.node,
                others.label
            from neighbours
            inner join rounds as others
                on neighbours.neighbour = others.node
            union all
            select
                own.label as node,
                others.label
            from neighbours
            inner join rounds as own
                on neighbours.node = own.node
            inner join rounds as others
                on neighbours.neighbour = others.node
            union all
            select
                own.node,
                further.label
            from rounds as own
            inner join rounds as further
                on own.label = further.node
        ) as found
        group by node
    ) as lowest
        on rounds.node = lowest.node
    where rounds.is_moving

),

settled_labels as (

    select
        node,
        min(label) as label
    from rounds
    group by node

),

components as materialized (

    select
        first_labels.node,
        coalesce(settled_labels.label, first_labels.label) as component
    from first_labels
    left join settled_labels
        on first_labels.label = settled_labels.node

)
{%- endmacro %}


{#-
  A tree of shortest paths from the smallest node of each of `components`, as above, to all others: ends with CTE
  `tree` (node, component, neighbour), one row per node but the smallest. The neighbour shares a hub with the node and
  is one step closer; of several the smallest.

  Nearly all nodes are one step away. Others are reached level by level, by one join over what is left: as many rounds
  as the longest path has steps. A node next to a level is of that level, the one before or the next, so that only two
  levels need to be remembered.
-#}
{% macro breadth_first_tree(edges) -%}
    {{ return(adapter.dispatch('breadth_first_tree', 'clientele')(edges)) }}
{%- endmacro %}

{% macro duckdb__breadth_first_tree(edges) -%}
placed as materialized (

    select
        edges.node,
        edges.hub,
        components.component
    from {{ edges }} as edges
    inner join components
        on edges.node = components.node

),

first_level as materialized (

    select distinct
        placed.node,
        placed.component
    from placed
    inner join placed as roots
        on
            placed.hub = roots.hub
            and roots.node = roots.component
    where placed.node <> placed.component

),

further_hubs as (

    select distinct placed.hub
    from placed
    left join first_level
        on placed.node = first_level.node
    where first_level.node is null and placed.node <> placed.component

),

further as materialized (

    select
        placed.node,
        placed.hub,
        placed.component
    from placed
    inner join further_hubs
        on placed.hub = further_hubs.hub

),

levels as (

    select distinct
        further.node,
        further.component,
        further.component as neighbour,
        true as is_newest
    from further
    inner join first_level
        on further.node = first_level.node

    union all

    select
        reached.node,
        reached.component,
        reached.neighbour,
        reached.is_newest
    from (
        select
            ends.node,
            ends.component,
            min(starts.node) as neighbour,
            true as is_newest
        from levels
        inner join further as starts
            on levels.node = starts.node
        inner join further as ends
            on starts.hub = ends.hub
        left join levels as known
            on ends.node = known.node
        where levels.is_newest and known.node is null
        group by ends.node, ends.component

        union all

        select
            node,
            component,
            neighbour,
            false as is_newest
        from levels
        where is_newest
    ) as reached

),

tree as (

    select
        node,
        component,
        component as neighbour
    from first_level

    union all

    select
        levels.node,
        levels.component,
        levels.neighbour
    from levels
    left join first_level
        on levels.node = first_level.node
    where levels.is_newest and first_level.node is null

)
{%- endmacro %}
