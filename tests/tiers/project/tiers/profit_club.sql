{{ assign_tiers(model.config.meta.scheme) }}
