select
    need,
    true as is_present,
    need as feed
from (
    values
    ('members'), ('buyer_types'), ('birth_years'), ('genders'), ('stored_values'), ('referrals'),
    ('overdue_amounts'), ('agreements'), ('service_events'), ('complaints'), ('surveys'), ('personality_tags'),
    ('prospects'), ('costs'), ('categories'), ('discounts'), ('predictions'), ('vip_tiers')
) as needs (need)
