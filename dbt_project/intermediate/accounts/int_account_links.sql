with recursive

-- Only a key that two or more accounts hold can link anything.
linking_keys as (

    select
        account_number as node,
        key_type || ':' || key_value as hub,
        key_type,
        known_from_date,
        known_by_load_id
    from {{ ref('int_account_keys_guarded') }}
    where accounts_count > 1 and not is_shared

),

{{ connected_components('linking_keys') }},

{{ breadth_first_tree('linking_keys') }},

-- Of several keys that two accounts share, the strongest is named.
strongest_keys as (

    select
        tree.node,
        tree.component,
        tree.neighbour,
        own.key_type,
        greatest(own.known_from_date, theirs.known_from_date) as known_from_date,
        greatest(own.known_by_load_id, theirs.known_by_load_id) as known_by_load_id
    from tree
    inner join linking_keys as own
        on tree.node = own.node
    inner join linking_keys as theirs
        on
            tree.neighbour = theirs.node
            and own.hub = theirs.hub
    qualify row_number() over (
        partition by tree.node
        order by case own.key_type when 'card' then 1 when 'ecommerce_account' then 2 when 'phone' then 3 else 4 end
    ) = 1

)

select
    node as account_number,
    component as oldest_account_number,
    neighbour as linked_to_account_number,
    key_type as linked_by,
    nullif(known_from_date, date '1900-01-01') as linked_on_date,
    known_by_load_id as linked_by_load_id
from strongest_keys
