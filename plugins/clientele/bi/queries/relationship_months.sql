select
    month_date,
    is_complete,
    currency_code,
    buyers_count,
    new_count,
    kept_count,
    won_back_count,
    lost_count,
    active_count,
    churn_ratio,
    average_tenure_months,
    repeat_ratio,
    month_date = max(case when is_complete then month_date end) over () as is_latest_complete
from clientele.relationship_monthly
