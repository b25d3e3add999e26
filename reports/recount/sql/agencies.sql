-- T8 社工机构: registered and not struck off.
agency AS (
    SELECT coalesce((SELECT move.region_id FROM core_regionmove AS move
                     WHERE move.model = 'stations.organization' AND move.object_id = row.id
                       AND move.until > %(day)s
                     ORDER BY move.until LIMIT 1), row.region_id) AS place,
           -- Without the day of its registration it is known since it was entered.
           coalesce(row.registered_on,
                    (row.created_at AT TIME ZONE %(zone)s)::date) <= %(day)s AS is_known,
           row.registered_on IS NULL AS is_undated
    FROM stations_organization AS row
    WHERE row.kind = '4'
      AND (row.deregistered_on IS NULL OR row.deregistered_on > %(day)s)
      AND (row.ended_on IS NULL OR row.true_until > %(day)s)
),
found (figure, place, number) AS (
    SELECT 'T8', place, 1 FROM agency WHERE is_known
    UNION ALL SELECT 'T8!', place, 1 FROM agency WHERE is_known
    UNION ALL SELECT 'T8?', place, 1 FROM agency WHERE is_undated AND NOT is_known
)
