-- T4 社会工作专业毕业生: what schools reported, since the first year of the plan.
plan AS (
    SELECT extract(year FROM starts_on)::int AS first_year
    FROM reports_plan
    WHERE starts_on <= %(day)s
    ORDER BY starts_on DESC
    LIMIT 1
),
reported AS (
    SELECT row.school_place = '1' AS is_inside, row.graduates, row.stayed,
           row.year >= (SELECT first_year FROM plan) AS is_since_plan,
           row.year >= coalesce((SELECT first_year FROM plan), 0) AS is_begun,
           coalesce((SELECT move.region_id FROM core_regionmove AS move
                     WHERE move.model = 'talent.graduatestat' AND move.object_id = row.id
                       AND move.until > %(day)s
                     ORDER BY move.until LIMIT 1), row.region_id) AS place
    FROM talent_graduatestat AS row
    WHERE row.ended_on IS NULL AND row.year <= extract(year FROM %(day)s::date)
),
found (figure, place, number) AS (
    SELECT 'T4', place, graduates FROM reported WHERE is_inside AND is_since_plan
    UNION ALL SELECT 'T4!', place, 1 FROM reported WHERE is_inside AND is_begun
    UNION ALL SELECT 'T4_ALL', place, graduates FROM reported WHERE is_inside
    UNION ALL SELECT 'T4_ALL!', place, 1 FROM reported WHERE is_inside
    UNION ALL SELECT 'T4_STAYED', place, coalesce(stayed, 0) FROM reported
              WHERE is_inside AND is_since_plan
    UNION ALL SELECT 'T4_STAYED!', place, 1 FROM reported
              WHERE is_inside AND is_begun AND stayed IS NOT NULL
    UNION ALL SELECT 'T4_OUTSIDE', place, graduates FROM reported
              WHERE NOT is_inside AND is_since_plan
    UNION ALL SELECT 'T4_OUTSIDE!', place, 1 FROM reported WHERE NOT is_inside AND is_begun
)
