-- T5 支撑平台, T6 乡镇（街道）社工站, T7 一市一中心, 一县一总站, 社工室.
former AS (
    SELECT object_id, "column", value
    FROM core_formervalue
    WHERE model = 'stations.station'
      AND (since IS NULL OR since <= %(day)s) AND until > %(day)s
),
station AS (
    SELECT row.id, row.kind, row.region_id, state.status,
           coalesce(number.value, row.approval_number) <> ''
               OR coalesce(confirmed.value, row.approved_on::text, '') <> '' AS is_approved,
           coalesce((SELECT move.region_id FROM core_regionmove AS move
                     WHERE move.model = 'stations.station' AND move.object_id = row.id
                       AND move.until > %(day)s
                     ORDER BY move.until LIMIT 1), row.region_id) AS place,
           nullif(operator.credit_code, '') AS credit_code, nullif(row.address, '') AS address
    FROM stations_station AS row
    JOIN (
        SELECT DISTINCT ON (station_id) station_id, status
        FROM stations_stationstate
        WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
        ORDER BY station_id, valid_from DESC
    ) AS state ON state.station_id = row.id
    LEFT JOIN stations_organization AS operator ON operator.id = row.operator_id
    LEFT JOIN former AS number
           ON number.object_id = row.id AND number."column" = 'approval_number'
    LEFT JOIN former AS confirmed
           ON confirmed.object_id = row.id AND confirmed."column" = 'approved_on'
    WHERE NOT row.is_mistake
),
running AS (
    SELECT * FROM station WHERE status = '3'
),
-- Several plaques of one organisation at one address are one platform.
platform AS (
    SELECT *, CASE WHEN credit_code IS NULL OR address IS NULL THEN 1
                   ELSE row_number() OVER (PARTITION BY credit_code, address ORDER BY kind, id)
              END AS plaque
    FROM running
    WHERE kind IN ('1', '2', '5', '6') AND is_approved
),
-- A station covers the townships that are listed for it, its own where none ever was.
standing AS (
    SELECT station.*, coverage.region_id AS covers
    FROM station
    JOIN stations_stationcoverage AS coverage
      ON coverage.station_id = station.id AND coverage.valid_from <= %(day)s
     AND (coverage.valid_to IS NULL OR coverage.valid_to > %(day)s)
    WHERE kind = '3' AND status IN ('2', '3', '4')
    UNION ALL
    SELECT station.*, region_id
    FROM station
    WHERE kind = '3' AND status IN ('2', '3', '4')
      AND NOT EXISTS (SELECT FROM stations_stationcoverage AS coverage
                      WHERE coverage.station_id = station.id)
),
month AS (
    SELECT station_id,
           bool_or(greatest(cases_new, cases_open, cases_closed, groups, group_sessions,
                            activities, visits, consultations) > 0) AS has_served
    FROM stations_stationmonthly
    WHERE month <= %(day)s
      AND month > %(day)s - interval '6 months'
                  - CASE WHEN span = 'Q' THEN interval '2 months' ELSE interval '0' END
    GROUP BY station_id
),
township AS (
    SELECT division.code,
           bool_or(standing.id IS NOT NULL) AS is_standing,
           coalesce(bool_or(standing.is_approved), false) AS is_built,
           bool_or(month.station_id IS NOT NULL) AS is_reported,
           coalesce(bool_or(standing.status = '3' AND month.has_served AND EXISTS (
               SELECT FROM talent_post AS post
               JOIN talent_person AS person ON person.id = post.person_id
               WHERE post.station_id = standing.id AND NOT person.is_mistake
                 AND post.employment NOT IN ('7', '8') AND post.started_on <= %(day)s
                 AND (post.ended_on IS NULL OR post.ended_on > %(day)s)
           )), false) AS is_active
    FROM division
    LEFT JOIN stands ON stands.stands_for = division.code
    LEFT JOIN standing ON standing.covers = stands.code
    LEFT JOIN month ON month.station_id = standing.id
    WHERE division.in_force AND division.level = 4
    GROUP BY division.code
),
seat AS (
    SELECT left(stands.stands_for, 4) AS code, '1' AS kind
    FROM running JOIN stands ON stands.code = running.region_id
    WHERE running.kind = '1' AND running.is_approved
    UNION
    SELECT left(stands.stands_for, 6), '2'
    FROM running JOIN stands ON stands.code = running.region_id
    WHERE running.kind = '2' AND running.is_approved
),
found (figure, place, number) AS (
    SELECT 'T5', place, 1 FROM platform WHERE plaque = 1
    UNION ALL SELECT 'T5_BASE', place, 1 FROM platform WHERE plaque = 1 AND kind IN ('5', '6')
    UNION ALL SELECT 'T5_UNVERIFIED', place, 1 FROM running
              WHERE kind IN ('1', '2', '5', '6') AND NOT is_approved
    UNION ALL SELECT 'T6_BUILT', code, 1 FROM township WHERE is_built
    UNION ALL SELECT 'T6_UNVERIFIED', code, 1 FROM township WHERE is_standing AND NOT is_built
    UNION ALL SELECT 'T6_MISSING', code, 1 FROM township WHERE NOT is_standing
    UNION ALL SELECT 'T6_ACTIVE', code, 1 FROM township WHERE is_active
    UNION ALL SELECT 'T6_ACTIVE!', code, 1 FROM township WHERE is_reported
    UNION ALL SELECT 'T6_ACTIVE?', code, 1 FROM township WHERE is_standing AND NOT is_reported
    UNION ALL SELECT line.figure, code, 1 FROM township
              CROSS JOIN (VALUES ('T6_BUILT/'), ('T6_UNVERIFIED/'), ('T6_MISSING/'),
                                 ('T6_ACTIVE/')) AS line (figure)
    UNION ALL SELECT 'T7_CENTRE', division.code, 1 FROM division
              JOIN seat ON seat.code = division.code AND seat.kind = '1'
              WHERE division.in_force AND division.level = 2
    UNION ALL SELECT 'T7_CENTRE/', code, 1 FROM division WHERE in_force AND level = 2
    UNION ALL SELECT 'T7_HUB', division.code, 1 FROM division
              JOIN seat ON seat.code = division.code AND seat.kind = '2'
              WHERE division.in_force AND division.level = 3
    UNION ALL SELECT 'T7_HUB/', code, 1 FROM division WHERE in_force AND level = 3
    UNION ALL SELECT 'T7_ROOM', place, 1 FROM running WHERE kind = '4'
)
